import { describe, expect, it } from '@jest/globals';
import { LASTING_MS, ToolConflicts, UNKNOWN_MS } from './tool-conflicts.js';
import type { LiveReplica } from './tool-state.types.js';

const AT = 1_790_000_000_000;
const run = (worker: string, version: string, replica = `${worker}-${version}`): LiveReplica => ({
  worker,
  replica,
  version,
  startedAt: AT,
  seenSince: AT,
});
const schemas =
  (known: Readonly<Record<string, string>>) =>
  (worker: string, version: string): string | undefined =>
    known[`${worker} ${version}`];
const none = schemas({});

describe('ToolConflicts', () => {
  it('finds none where all agree', () => {
    const conflicts = new ToolConflicts();
    expect(conflicts.look([], none, AT)).toEqual([]);
    expect(conflicts.look([run('w', '1', 'a'), run('w', '1', 'b')], none, AT)).toEqual([]);
    expect(conflicts.current).toEqual([]);
  });

  it('tells of two workers once, and again when something about it changes', () => {
    const conflicts = new ToolConflicts();
    const both = [run('one', '1'), run('two', '2')];
    expect(conflicts.look(both, schemas({ 'one 1': 'x', 'two 2': 'x' }), AT)).toMatchObject([
      { kind: 'workers', what: 'changed', conflict: { since: AT, schemas: 'same', isLasting: false } },
    ]);
    // Another replica, and other times, are no news.
    const more = [...both, run('two', '2', 'more')];
    expect(conflicts.look(more, schemas({ 'one 1': 'x', 'two 2': 'x' }), AT + 1000)).toEqual([]);
    expect(conflicts.current[0]?.parties).toEqual([
      { worker: 'one', version: '1', replicas: 1 },
      { worker: 'two', version: '2', replicas: 2 },
    ]);
    const known = schemas({ 'one 1': 'x', 'two 2': 'y' });
    expect(conflicts.look(both, known, AT + 2000)).toMatchObject([
      { what: 'changed', conflict: { since: AT, schemas: 'different' } },
    ]);
    expect(conflicts.look([run('one', '1')], known, AT + 3000)).toMatchObject([{ kind: 'workers', what: 'over' }]);
    expect(conflicts.current).toEqual([]);
  });

  it('waits for the definition that comes after the heartbeat, and not for long', () => {
    const both = [run('one', '1'), run('two', '2')];
    const half = schemas({ 'one 1': 'x' });
    const quick = new ToolConflicts();
    expect(quick.look(both, half, AT)).toEqual([]);
    expect(quick.current).toMatchObject([{ schemas: 'unknown' }]);
    const known = schemas({ 'one 1': 'x', 'two 2': 'y' });
    expect(quick.look(both, known, AT + 250)).toMatchObject([{ what: 'changed', conflict: { schemas: 'different' } }]);
    expect(quick.look(both, known, AT + 60_000)).toEqual([]);

    const slow = new ToolConflicts();
    for (const ms of [0, 1000, UNKNOWN_MS]) expect(slow.look(both, half, AT + ms)).toEqual([]);
    expect(slow.look(both, half, AT + UNKNOWN_MS + 1)).toMatchObject([
      { what: 'changed', conflict: { since: AT, schemas: 'unknown' } },
    ]);
    expect(slow.look(both, known, AT + 9000)).toMatchObject([{ what: 'changed', conflict: { schemas: 'different' } }]);
    // What was not told is not told to be over.
    const brief = new ToolConflicts();
    brief.look(both, half, AT);
    expect(brief.look([run('one', '1')], half, AT + 1000)).toEqual([]);
  });

  it('tells a rolling update from what stays', () => {
    const conflicts = new ToolConflicts();
    const both = [run('w', '1'), run('w', '2')];
    const same = schemas({ 'w 1': 'x', 'w 2': 'x' });
    expect(conflicts.look(both, same, AT)).toMatchObject([
      { kind: 'versions', what: 'changed', conflict: { schemas: 'same' } },
    ]);
    expect(conflicts.look(both, same, AT + LASTING_MS)).toEqual([]);
    expect(conflicts.look(both, same, AT + LASTING_MS + 1)).toMatchObject([
      { kind: 'versions', what: 'lasting', conflict: { since: AT, isLasting: true } },
    ]);
    expect(conflicts.look(both, same, AT + LASTING_MS + 2)).toEqual([]);
    expect(conflicts.look([run('w', '2')], same, AT + LASTING_MS + 3)).toMatchObject([{ what: 'over' }]);
    expect(conflicts.look(both, same, AT + LASTING_MS + 4)).toMatchObject([
      { conflict: { since: AT + LASTING_MS + 4, isLasting: false } },
    ]);
  });

  it('keeps the update of one of two rivals apart from their rivalry', () => {
    const conflicts = new ToolConflicts();
    conflicts.look([run('one', '1'), run('one', '2'), run('two', '1')], none, AT);
    expect(conflicts.current.map(({ kind, parties }) => [kind, parties.length])).toEqual([
      ['workers', 3],
      ['versions', 2],
    ]);
  });
});

import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { compileTools } from '../definition/compile-tools.js';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { RegisteredTools } from './registered-tools.js';
import type { ToolOffer } from './replica-census.js';
import { ToolPublication } from './tool-publication.js';

function toolsOf(worker: string, ...names: string[]) {
  const registrations = names.map((name) =>
    handlerRegistration({ name, description: 'A tool.', arguments: NoArguments }, { run: () => 1 }, name),
  );
  return compileTools(registrations, worker).tools;
}

class FakeBucket {
  readonly values = new Map<string, string>();
  readonly revisions = new Map<string, number>();
  puts = 0;
  isAway = false;

  async get(key: string) {
    if (this.isAway) throw new Error('away');
    const value = this.values.get(key);
    const revision = this.revisions.get(key) ?? 0;
    return value === undefined ? undefined : { key, value: Buffer.from(value), revision, storedAt: 0 };
  }

  /** As somebody else does. */
  write(key: string, value: string): void {
    this.values.set(key, value);
    this.revisions.set(key, (this.revisions.get(key) ?? 0) + 1);
  }

  async put(key: string, value: Uint8Array | string): Promise<number> {
    if (this.isAway) throw new Error('away');
    this.puts += 1;
    this.write(key, String(value));
    return this.revisions.get(key) ?? 0;
  }
}

function setUp() {
  const clock = new VirtualClock();
  const bucket = new FakeBucket();
  const registered = new RegisteredTools();
  const lines: { level: string; message: string; fields: object }[] = [];
  const write = (level: string) => (message: string, fields: object) => lines.push({ level, message, fields });
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const offers: ToolOffer[] = [];
  const replicas = { offers: (tool: string) => (tool === 'a' ? offers : []) };
  const publication = new ToolPublication({ bucket, clock, log: log as never, registered, replicas });
  return { clock, bucket, registered, publication, offers, lines };
}

const [mine] = toolsOf('mine', 'a');
const MINE = JSON.stringify(mine?.definition);
const [other] = toolsOf('other', 'a');
const OTHERS = JSON.stringify(other?.definition);

describe('ToolPublication', () => {
  it('stores each definition once and then only looks', async () => {
    const { clock, bucket, registered, publication } = setUp();
    expect(registered.check()).toEqual({ status: 'down', names: [] });
    publication.start(toolsOf('mine', 'b', 'a'));
    expect(registered.check()).toEqual({ status: 'down', names: ['a', 'b'] });
    await clock.advance(60_000);
    expect(bucket.puts).toBe(2);
    expect(bucket.values.get('a')).toBe(MINE);
    expect(registered.check()).toEqual({ status: 'up', names: ['a', 'b'] });
    await publication.stop();
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('does not write what is there already', async () => {
    const { clock, bucket, registered, publication } = setUp();
    bucket.write('a', MINE);
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(0);
    expect(bucket.puts).toBe(0);
    expect(registered.isRegistered).toBe(true);
  });

  it('heals a store that was lost', async () => {
    const { clock, bucket, publication } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(1000);
    bucket.values.clear();
    await clock.advance(5000);
    expect(bucket.values.get('a')).toBe(MINE);
  });

  it('heals it at once after a reconnect', async () => {
    const { clock, bucket, publication } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(1000);
    bucket.values.clear();
    publication.refresh();
    await clock.advance(0);
    expect(bucket.values.get('a')).toBe(MINE);
  });

  it('is not ready while the broker is away, and tries every second', async () => {
    const { clock, bucket, registered, publication } = setUp();
    bucket.isAway = true;
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(3500);
    expect(registered.isRegistered).toBe(false);
    bucket.isAway = false;
    await clock.advance(500);
    expect(registered.isRegistered).toBe(true);
  });

  it('takes the place of an older definition at the start', async () => {
    const { clock, bucket, publication } = setUp();
    bucket.write('a', OTHERS);
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(0);
    expect(bucket.values.get('a')).toBe(MINE);
  });

  it('leaves the definition of a newer replica alone as long as that lives, then is heard again', async () => {
    const { clock, bucket, publication, offers } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(0);
    bucket.write('a', OTHERS);
    await clock.advance(5000);
    offers.push({ worker: 'other', version: other?.definition.version ?? '', replicas: 1 });
    await clock.advance(3_600_000);
    expect(bucket.values.get('a')).toBe(OTHERS);
    offers.splice(0);
    await clock.advance(5000);
    expect(bucket.values.get('a')).toBe(MINE);
  });

  it('waits for the first heartbeat of who wrote another definition', async () => {
    const { clock, bucket, publication } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(0);
    bucket.write('a', OTHERS);
    await clock.advance(15_000);
    expect(bucket.values.get('a')).toBe(OTHERS);
    await clock.advance(10_000);
    expect(bucket.values.get('a')).toBe(MINE);
  });

  it('renews a definition every day: the bucket forgets what nobody offers any more', async () => {
    const { clock, bucket, publication } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(86_400_000 - 5000);
    expect(bucket.puts).toBe(1);
    await clock.advance(10_000);
    expect(bucket.puts).toBe(2);
    expect(bucket.values.get('a')).toBe(MINE);
  });

  it('leaves the renewal to another replica that did it already', async () => {
    const { clock, bucket, publication } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(43_200_000);
    bucket.write('a', MINE);
    await clock.advance(43_200_000 + 10_000);
    expect(bucket.puts).toBe(1);
  });

  it.each([
    ['other', 'worker', 'error', 'two workers offer one tool: give one of them another name'],
    ['mine', 'version', 'info', 'replicas of this worker run another version of the tool: a rolling update?'],
  ] as const)('reports that %s runs another one, once, until it is over', async (worker, kind, level, message) => {
    const { clock, registered, publication, offers, lines } = setUp();
    offers.push({ worker: 'mine', version: mine?.definition.version ?? '', replicas: 2 });
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(6000);
    expect(registered.check()).toEqual({ status: 'up', names: ['a'] });
    offers.push({ worker, version: 'v2', replicas: 1 });
    await clock.advance(60_000);
    expect(registered.check()).toEqual({
      status: 'up',
      names: ['a'],
      contests: [{ tool: 'a', kind, worker, version: 'v2', replicas: 1 }],
    });
    expect(lines.filter((line) => line.message === message)).toEqual([
      { level, message, fields: expect.objectContaining({ tool: 'a', other: worker, otherVersion: 'v2' }) },
    ]);
    offers.pop();
    await clock.advance(6000);
    expect(registered.check()).toEqual({ status: 'up', names: ['a'] });
  });

  it('writes nothing after it was stopped', async () => {
    const { clock, bucket, publication } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await publication.stop();
    publication.refresh();
    await clock.advance(60_000);
    expect(bucket.puts).toBe(0);
  });
});

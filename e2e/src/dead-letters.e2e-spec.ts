import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ToolCallFinished, UtteranceUndelivered } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { runCommand } from './harness/command-line.js';
import type { CommandResult } from './harness/command-line.js';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { LoneWorker } from './harness/lone-worker.js';
import { planCall } from './harness/scenarios.js';
import { vapiTool } from './harness/tools.js';

const FAILURE = 'The archive is down.';
const WISHES = { retry: { attempts: 2, backoffMs: 50 }, sayOnFailure: FAILURE };

/** A letter as `dlq list --json` prints it. */
interface Letter {
  readonly sequence: number;
  readonly reason: string;
  readonly callId: string;
}

let system: InterjectSystem;
const workers: LoneWorker[] = [];

const dlq = async (...args: string[]): Promise<CommandResult> => {
  return runCommand(['dlq', ...args], { NATS_URL: system.nats.url });
};

/** The letters that fit the filters; waits for `count`. */
async function letters(count: number, ...filters: string[]): Promise<Letter[]> {
  return eventually(
    async () => {
      const { out } = await dlq('list', '--json', ...filters);
      const found = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Letter]));
      return found.length >= count ? found : undefined;
    },
    { timeoutMs: 20_000, intervalMs: 300 },
  );
}

async function resultsOf(tool: string): Promise<ToolCallFinished[]> {
  const events = await system.inspector.messages('CALL_EVENTS', /\.result\./);
  return events.map(({ data }) => data as ToolCallFinished).filter((result) => result.tool === tool);
}

function begin(tool: string, steps: readonly object[], expected: readonly object[] = []) {
  const scenario = planCall({
    name: tool,
    steps: [
      { assistant: 'Hello, how can I help you?' },
      { toolCalls: [{ tool, arguments: { text: `done: ${tool}`, ms: 0 } }] },
      ...steps,
    ],
    expect: expected,
  });
  return system.simulator.begin({ ...scenario, tools: [vapiTool(tool)] });
}

async function worker(tool: string): Promise<LoneWorker> {
  const started = await LoneWorker.start(system, tool, WISHES);
  workers.push(started);
  return started;
}

describe('dead letters', () => {
  beforeAll(async () => {
    system = await InterjectSystem.start({ services: ['gateway', 'notifier', 'follow-up-worker'] });
    await Promise.all(['mended', 'too_late', 'refused_follow_up'].map(worker));
    await system.ready();
  }, 60_000);
  afterAll(async () => {
    await system.stop().finally(() => Promise.all(workers.map((each) => each.dispose())));
  }, 60_000);
  const backendOf = (tool: string) => {
    const found = workers.find((each) => each.tool === tool);
    if (found === undefined) throw new Error(`There is no worker of ${tool}.`);
    return found.backend;
  };

  it('a failed job is replayed while its call is on, and the caller hears its result', async () => {
    const backend = backendOf('mended');
    backend.fail(503);
    const heard = [
      { heard: FAILURE, times: 1 },
      { heard: 'done: mended', times: 1 },
    ];
    const wait = { waitForHeard: { count: 2, withinMs: 100_000 } };
    const { played } = begin('mended', [wait, { after: 1500, hangUp: true }], heard);
    const [letter] = await letters(1, '--tool', 'mended');
    expect(letter?.reason).toBe('backend-http-503');
    backend.fail();
    const replay = await dlq('replay', String(letter?.sequence));
    expect(replay).toMatchObject({ code: 0, err: '' });
    expect(replay.out).toContain('replayed (spoken, as a new tool call');
    expectPassed(await played);
    expect((await resultsOf('mended')).map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
    expect(await letters(0, '--tool', 'mended')).toEqual([]);
  }, 60_000);

  it('a failed job of an ended call is replayed silently, and with words only when that is wanted', async () => {
    const backend = backendOf('too_late');
    backend.fail(503);
    const { played, callId } = begin('too_late', [{ waitForHeard: { count: 1, withinMs: 60_000 } }, { hangUp: true }]);
    expectPassed(await played);
    const id = await callId;
    await eventually(async () => (await system.api(`/calls/${id}`)).status === 200);
    const [letter] = await letters(1, '--call', id);
    backend.fail();
    const silent = await dlq('replay', String(letter?.sequence), '--keep');
    expect(silent.out).toContain('replayed (silently');
    await eventually(async () => (await resultsOf('too_late')).length === 2, { timeoutMs: 10_000 });
    const [, result] = await resultsOf('too_late');
    expect(result).toMatchObject({ outcome: 'succeeded', data: { text: 'done: too_late' } });
    expect(result).not.toHaveProperty('text');
    const undelivered = async () => {
      const events = await system.inspector.messages('CALL_EVENTS', /\.undelivered\./);
      return events.map(({ data }) => data as UtteranceUndelivered).filter(({ callId: of }) => of === id);
    };
    expect(await undelivered()).toEqual([]);
    // The same letter within two minutes is taken for the same replay.
    expect((await dlq('replay', String(letter?.sequence), '--keep')).out).toContain('was replayed a moment ago');
  }, 60_000);

  it('a follow-up that was given up is replayed for its worker alone', async () => {
    const backend = backendOf('refused_follow_up');
    backend.hold();
    system.backend.refuseFollowUps(400);
    const { played, callId } = begin('refused_follow_up', [{ wait: 500 }, { hangUp: true }]);
    expectPassed(await played);
    const id = await callId;
    backend.release();
    const [letter] = await letters(1, '--call', id, '--stream', 'CALL_EVENTS');
    system.backend.refuseFollowUps();
    const before = system.backend.followUps.length;
    expect((await dlq('replay', String(letter?.sequence))).out).toContain('for follow-up-worker-undelivered alone');
    await eventually(() => system.backend.followUps.length > before, { timeoutMs: 10_000 });
    expect(await letters(0, '--call', id, '--stream', 'CALL_EVENTS')).toEqual([]);
  }, 60_000);

  it('poison is listed, shown without what it holds, left alone by a replay, and discarded', async () => {
    await system.inspector.publish('tool-calls.refused_follow_up.0.poison', '{"private":"+49 151 2345678"}');
    const [letter] = await letters(1, '--tool', 'refused_follow_up');
    const number = String(letter?.sequence);
    const shown = await dlq('show', number);
    expect(shown.out).toContain('problem');
    expect(shown.out).not.toContain('+49 151');
    const replay = await dlq('replay', number);
    expect([replay.code, replay.err]).toEqual([1, expect.stringContaining('this version cannot read it')]);
    expect((await dlq('discard', '--all', '--tool', 'refused_follow_up', '--yes')).out).toContain(
      `${number} discarded`,
    );
    expect((await dlq('show', number)).code).toBe(2);
  }, 60_000);

  it('the command line says what is wrong, and how it is used', async () => {
    const gone = await runCommand(['dlq', 'list'], { NATS_URL: 'nats://127.0.0.1:1' });
    expect([gone.code, gone.err]).toEqual([2, expect.stringContaining('No NATS server answers at NATS_URL')]);
    expect((await runCommand(['dlq', 'replay'], { NATS_URL: system.nats.url })).err).toContain('Which letters?');
    expect((await runCommand(['dlq', '--help'], {})).out).toContain('replay [options] [letters...]');
    expect((await runCommand(['dlq', 'nonsense'], {})).code).toBe(2);
  }, 60_000);
});

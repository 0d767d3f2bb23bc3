import { describe, expect } from '@jest/globals';
import type { ToolCallFinished } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { API_KEY, TIME_FACTOR } from './harness/environment.js';
import { expectPassed } from './harness/expect-passed.js';
import type { InterjectSystem } from './harness/interject-system.js';
import { Plays } from './harness/plays.js';
import { job, planCall } from './harness/scenarios.js';
import type { PlayedCall } from './harness/simulator.js';
import { answersIn, histories, historyIn, recordsOf } from './harness/stage.js';
import { vapiTool } from './harness/tools.js';

const LIST = { toolCalls: [{ tool: 'list_running_tasks', arguments: {} }] };
const cancel = (task: string): object => ({ toolCalls: [{ tool: 'cancel_task', arguments: { task } }] });
/** Takes so long to say that the call's owner knows by then what was asked for. */
const CHANGES_MIND = { caller: 'Well, what are you doing there all this time?' };
/** Said by the test when it has seen enough. */
const GOODBYE = 'That was all for today.';
const UNTIL_GOODBYE = [{ waitForHeard: { text: GOODBYE, withinMs: 200_000 } }, { after: 1000, hangUp: true }];
/** Far longer than any call here; call time. */
const LONG = 20_000 * TIME_FACTOR;
const STOPPED = 'stopped';

/** A call with an assistant that has both tools of the gateway. */
function call(name: string, steps: readonly object[], more: object = {}): object {
  const tools = ['list_running_tasks', 'cancel_task'].map((tool) => ({
    name: tool,
    description: tool,
    parameters: { type: 'object', properties: {} },
  }));
  const plans = ['yearly', 'cancelled', 'plain', 'absent'].map((tool) => vapiTool(tool));
  return {
    ...planCall({ name, steps: [{ assistant: 'Hello, how can I help you?' }, ...steps], ...more }),
    tools: [...tools, ...plans],
  };
}

/** What the gateway's own tools answered, in order; errors with `!` before them. */
function toldIn(played: PlayedCall): string[] {
  return answersIn(played)
    .filter(({ tool }) => tool === 'list_running_tasks' || tool === 'cancel_task')
    .map(({ result, error }) => result ?? `!${String(error)}`);
}

async function resultsOf(system: InterjectSystem, callId: string): Promise<ToolCallFinished[]> {
  const events = await system.inspector.messages('CALL_EVENTS', /\.result\./);
  return events.map(({ data }) => data as ToolCallFinished).filter((result) => result.callId === callId);
}

/** Plays a call to its end, and checks that of what was stopped in it nobody heard. */
async function playStopped(system: InterjectSystem, scenario: object, texts: readonly string[]): Promise<string[]> {
  const played = await system.simulator.play(scenario);
  expectPassed(played);
  const [ended] = played.calls;
  if (ended === undefined) throw new Error('There was no call.');
  await eventually(() => texts.every((text) => system.backend.abandonedJobs.includes(text)));
  const results = await eventually(async () => {
    const found = await resultsOf(system, ended.callId);
    return found.length >= texts.length ? found : undefined;
  });
  expect(results.map(({ outcome }) => outcome)).toEqual(texts.map(() => 'cancelled'));
  for (const text of texts) expect(system.backend.jobsFor(text)).toHaveLength(1);
  expect(await recordsOf(system, ended.callId)).toEqual([]);
  return toldIn(ended);
}

describe('what is running for a caller', () => {
  const plays = new Plays({ services: ['gateway', 'notifier', 'http-worker'] });

  plays.play('is listed with titles and numbers, and stopped by number', async (system) => {
    const jobs = { toolCalls: [job('yearly', 'by number', LONG), job('cancelled', 'by number too', LONG)] };
    const steps = [jobs, CHANGES_MIND, LIST, cancel('1'), LIST, cancel('2'), CHANGES_MIND, LIST, { hangUp: true }];
    const told = await playStopped(system, call('by number', steps, { expect: [{ never: '/./' }] }), [
      'by number',
      'by number too',
    ]);
    const [before, one, between, other, after] = told;
    // Published together, they may be stored in either order.
    expect(before).toMatch(
      /^2 tasks\. (1: the yearly invoice, running for \d+ s; 2: cancelled|1: cancelled, running for \d+ s; 2: the yearly invoice), running for \d+ s\./,
    );
    const first = before?.startsWith('2 tasks. 1: the yearly') === true;
    expect(one).toMatch(first ? /^Told to stop: 1: the yearly invoice\./ : /^Told to stop: 1: cancelled\./);
    expect(between).toMatch(first ? /2: cancelled, running/ : /2: the yearly invoice, running/);
    expect(other).toMatch(/^Told to stop: 2: /);
    expect(after).toMatch(/^Nothing is running .*Over: 1: .* \(cancelled\); 2: .* \(cancelled\)\./);
  });

  plays.play('is stopped by name, and all the rest at once', async (system) => {
    const jobs = ['yearly', 'cancelled', 'plain'].map((tool) => job(tool, `${STOPPED} ${tool}`, LONG));
    const steps = [{ toolCalls: jobs }, CHANGES_MIND, cancel('Yearly invoice'), CHANGES_MIND, cancel('all')];
    const told = await playStopped(
      system,
      call('by name', [...steps, CHANGES_MIND, { hangUp: true }], { expect: [{ never: '/./' }] }),
      ['yearly', 'cancelled', 'plain'].map((tool) => `${STOPPED} ${tool}`),
    );
    expect(told[0]).toMatch(/^Told to stop: \d: the yearly invoice\. Nothing more is announced/);
    expect(told[1]).toMatch(/^Told to stop: \d: (cancelled; \d: plain|plain; \d: cancelled)\./);
  });

  plays.play('is stopped without a word if it is the only thing, and asked about if not', async (system) => {
    const jobs = ['yearly', 'cancelled'].map((tool) => job(tool, `one of ${tool}`, LONG));
    const steps = [
      { toolCalls: jobs },
      CHANGES_MIND,
      cancel(''),
      cancel('the weather'),
      cancel('yearly'),
      CHANGES_MIND,
      cancel(''),
      CHANGES_MIND,
      cancel(''),
      { hangUp: true },
    ];
    const told = await playStopped(
      system,
      call('the only one', steps, { expect: [{ never: '/./' }] }),
      ['yearly', 'cancelled'].map((tool) => `one of ${tool}`),
    );
    expect(told).toEqual([
      expect.stringMatching(/^!Nothing was stopped: more than one task may be meant\. .*the yearly invoice.*Ask/),
      expect.stringMatching(/^!Nothing was stopped: there is no such task\. Running are /),
      expect.stringMatching(/^Told to stop: \d: the yearly invoice\./),
      expect.stringMatching(/^Told to stop: \d: cancelled\./),
      expect.stringMatching(/^Nothing is running for this caller/),
    ]);
  });

  plays.play('is not stopped when it is done: its result stays heard, once', async (system) => {
    const text = 'It was done before.';
    const steps = [{ toolCalls: [job('plain', text, 1000)] }, ...UNTIL_GOODBYE.slice(0, 1), LIST, cancel('1')];
    const expectations = [text, GOODBYE].map((heard) => ({ heard, times: 1, withinMs: 200_000 }));
    const scenario = call('too late', [...steps, { hangUp: true }], { expect: expectations });
    const playing = system.simulator.begin(scenario);
    const callId = await playing.callId;
    // The notifier knows that it was heard a moment after the caller does.
    await eventually(async () => (await recordsOf(system, callId)).some(({ state }) => state === 'heard'), {
      timeoutMs: 20_000,
    });
    await system.api(`/calls/${callId}/announcements`, { text: GOODBYE });
    const played = await playing.played;
    expectPassed(played);
    expect(played.calls.flatMap(toldIn)).toEqual([
      expect.stringMatching(/^Nothing is running .* Over: 1: plain \(announced\)\./),
      expect.stringMatching(/^Task 1 \(plain\) is done already, and its result was announced\./),
    ]);
    expect(await resultsOf(system, callId)).toMatchObject([{ outcome: 'succeeded' }]);
    expect((await histories(system, callId, 2))[0]?.states).toBe('sending heard');
    expect(system.backend.abandonedJobs).not.toContain(text);
  });

  plays.play('is never begun when it is stopped before a worker is there', async (system, { worker: start }) => {
    const worker = await start('absent');
    await worker.kill();
    const steps = [{ toolCalls: [job('absent', 'never begun', 0)] }, CHANGES_MIND, cancel('absent'), ...UNTIL_GOODBYE];
    const expectations = [{ heard: GOODBYE, times: 1 }, { never: 'never begun' }];
    const playing = system.simulator.begin(call('queued', steps, { expect: expectations }));
    const callId = await playing.callId;
    await eventually(async () =>
      (await system.inspector.messages('CALL_EVENTS', /\.cancel-requested\./)).some(
        ({ data }) => (data as { callId: string }).callId === callId,
      ),
    );
    await worker.next();
    const [result] = await eventually(async () => {
      const results = await resultsOf(system, callId);
      return results.length > 0 ? results : undefined;
    });
    expect(result).toMatchObject({ outcome: 'cancelled', attempts: 0 });
    await worker.idle();
    await system.api(`/calls/${callId}/announcements`, { text: GOODBYE });
    const played = await playing.played;
    expectPassed(played);
    expect(played.calls.flatMap(toldIn)).toEqual([expect.stringMatching(/^Told to stop: 1: absent\./)]);
    expect(worker.backend.requests).toEqual([]);
    expect((await historyIn(system, callId)).last.source).toBe('announcement');
  });

  plays.play('is stopped by a backend service over the API', async (system) => {
    const toolCall = { ...job('yearly', 'stopped over the API', LONG), id: 'over-the-api' };
    const steps = [{ toolCalls: [toolCall] }, ...UNTIL_GOODBYE];
    const playing = system.simulator.begin(call('api', steps, { expect: [{ heard: GOODBYE, times: 1 }] }));
    const callId = await playing.callId;
    const ask = async (path: string, body: object = {}, key = API_KEY): Promise<readonly [number, unknown]> => {
      const answer = await system.api(path, body, `Bearer ${key}`);
      return [answer.status, answer.body];
    };
    const path = `/calls/${callId}/tool-calls/over-the-api/cancel`;
    await eventually(() => system.backend.jobsFor('stopped over the API').length === 1);
    await eventually(async () => {
      const { body } = await system.api(`/calls/${callId}`);
      return (body as { toolCalls?: { state: string }[] }).toolCalls?.some(({ state }) => state === 'pending');
    });

    expect((await ask(path, {}, 'a wrong key'))[0]).toBe(401);
    expect((await ask(`/calls/${callId}/tool-calls/another/cancel`))[0]).toBe(404);
    expect((await ask('/calls/no-such-call/tool-calls/over-the-api/cancel'))[0]).toBe(404);
    expect((await ask(path, { why: 'no such field' }))[0]).toBe(400);
    expect(system.backend.abandonedJobs).not.toContain('stopped over the API');

    const accepted = { toolCallId: 'over-the-api', tool: 'yearly', repeated: false };
    expect(await ask(path, { reason: 'The order was withdrawn.' })).toEqual([202, accepted]);
    await eventually(() => system.backend.abandonedJobs.includes('stopped over the API'));
    const [status, body] = await eventually(async () => {
      const answer = await ask(path);
      return answer[0] === 202 ? undefined : answer;
    });
    expect([status, body]).toEqual([409, expect.objectContaining({ state: 'cancelled' })]);
    expect(await resultsOf(system, callId)).toMatchObject([{ outcome: 'cancelled' }]);

    await system.api(`/calls/${callId}/announcements`, { text: GOODBYE });
    const played = await playing.played;
    expectPassed(played);
    expect(played.heard).toEqual([GOODBYE]);
    expect((await historyIn(system, callId)).last.source).toBe('announcement');
  });

  plays.play('is nothing in a chat, and that is said', async (system) => {
    const steps = [{ ...LIST, shape: { chat: true } }, { ...cancel('all'), shape: { chat: true } }, { hangUp: true }];
    const played = await system.simulator.play(call('chat', steps));
    expectPassed(played);
    expect(played.calls.flatMap(toldIn)).toEqual([
      expect.stringMatching(/^!There is no live call here/),
      expect.stringMatching(/^!There is no live call here/),
    ]);
  });
});

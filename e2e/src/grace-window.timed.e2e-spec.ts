import { describe, expect, it } from '@jest/globals';
import { eventually } from '@interject/testing';
import { expectPassed } from './harness/expect-passed.js';
import { job, planCall } from './harness/scenarios.js';
import { answersIn, eventsOf, histories, historyIn, postsTo, Stage } from './harness/stage.js';
import type { EndedScene } from './harness/stage.js';
import { TIME_FACTOR } from './harness/environment.js';
import type { ServiceProcess } from './harness/service-process.js';

const ASKS = { caller: 'Please look that up for me.' };
const PENDING = 'There is no result yet';
/** Real ms, in call time. */
const real = (ms: number): number => ms * TIME_FACTOR;

/** Told as the answer of the webhook, and to nobody's ears. */
async function answeredInline({ system, callId, call }: EndedScene<undefined>): Promise<void> {
  expect((await historyIn(system, callId)).states).toBe('answered-inline');
  expect(postsTo(call)).toBe(0);
}

async function spokenOnce({ system, callId, call }: EndedScene<undefined>): Promise<void> {
  expect((await historyIn(system, callId)).states).toBe('sending heard');
  expect(postsTo(call)).toBe(1);
}

describe('a sync tool, with two gateways behind a load balancer', () => {
  const stage = new Stage({ gateways: 2 });
  const scene = stage.scene.bind(stage);

  scene(
    'fast: its result is the answer, and is not spoken',
    planCall({
      syncTools: ['plain'],
      steps: [ASKS, { toolCalls: [job('plain', 'It is\nfast.', real(300))] }, { wait: 3000 }],
      expect: [{ reply: { tool: 'plain', status: 200, result: '/^It is fast\\.$/' } }, { never: '/./' }],
    }),
    answeredInline,
  );

  scene(
    'slow: the answer is pending, the result is spoken',
    planCall({
      syncTools: ['short_grace'],
      steps: [ASKS, { toolCalls: [job('short_grace', 'It is slow.', real(1500))] }],
      expect: [{ reply: { status: 200, result: PENDING } }, { heard: 'It is slow', times: 1, withinMs: 30_000 }],
    }),
    async (ended) => {
      await spokenOnce(ended);
      const [answer] = eventsOf(ended.call, 'webhook-answered').filter(({ message }) => message === 'tool-calls');
      expect(answer?.['tookMs']).toBeGreaterThanOrEqual(real(495));
      expect(answer?.['tookMs']).toBeLessThan(real(1000));
    },
  );

  scene(
    'without grace: pending at once, spoken',
    planCall({
      syncTools: ['no_grace'],
      steps: [ASKS, { toolCalls: [job('no_grace', 'It is soon.', real(300))] }],
      expect: [{ reply: { result: PENDING } }, { heard: 'It is soon', times: 1, withinMs: 20_000 }],
    }),
    spokenOnce,
  );

  scene(
    'failed in time: the answer is an error in its words',
    planCall({
      syncTools: ['refused'],
      steps: [ASKS, { toolCalls: [{ tool: 'refused', arguments: {} }] }, { wait: 3000 }],
      expect: [{ reply: { status: 200, error: '/^The archive is closed today\\.$/' } }, { never: '/./' }],
    }),
    answeredInline,
  );

  scene(
    'the client gives up: nobody has the answer, the result is spoken',
    planCall({
      syncTools: ['long_grace'],
      timeoutSeconds: 2,
      backoffPlan: 'none',
      steps: [ASKS, { toolCalls: [job('long_grace', 'It took long.', real(1000))] }],
      expect: [{ heard: 'It took long', times: 1, withinMs: 20_000 }, { toolCallsAnswered: false }],
    }),
    async (ended) => {
      await spokenOnce(ended);
      expect(answersIn(ended.call)).toEqual([]);
    },
  );

  scene(
    'the client gives up and asks again: pending, the result is spoken',
    planCall({
      syncTools: ['long_grace'],
      timeoutSeconds: 2,
      backoffPlan: { type: 'fixed', maxRetries: 5, baseDelaySeconds: 1 },
      steps: [ASKS, { toolCalls: [job('long_grace', 'It took longer.', real(1500))] }],
      expect: [{ reply: { result: PENDING } }, { heard: 'It took longer', times: 1, withinMs: 30_000 }],
    }),
    async (ended) => {
      await spokenOnce(ended);
      expect(ended.system.backend.jobsFor('It took longer.')).toHaveLength(1);
    },
  );

  scene(
    'the webhook comes to both gateways: answered alike by both, once',
    planCall({
      syncTools: ['plain'],
      steps: [ASKS, { toolCalls: [job('plain', 'It is doubled.', real(400))], deliver: 2 }, { wait: 4000 }],
      expect: [{ reply: { status: 200, result: 'It is doubled' } }, { never: '/./' }],
    }),
    async (ended) => {
      await answeredInline(ended);
      expect(answersIn(ended.call)).toHaveLength(2);
      expect(ended.system.backend.jobsFor('It is doubled.')).toHaveLength(1);
    },
  );

  scene(
    'the webhook of a slow one comes four times: pending each time, spoken once',
    planCall({
      syncTools: ['short_grace'],
      steps: [ASKS, { toolCalls: [job('short_grace', 'It is slow and doubled.', real(1500))], deliver: 4 }],
      expect: [{ reply: { result: PENDING } }, { heard: 'slow and doubled', times: 1, withinMs: 30_000 }],
    }),
    async (ended) => {
      await spokenOnce(ended);
      expect(answersIn(ended.call)).toHaveLength(4);
      expect(ended.system.backend.jobsFor('It is slow and doubled.')).toHaveLength(1);
    },
  );

  const again = { toolCalls: [{ ...job('plain', 'It is the same.', real(300)), id: 'call_asked_again_and_again' }] };
  scene(
    'asked again much later: the same answer',
    planCall({
      syncTools: ['plain'],
      steps: [ASKS, again, { wait: 2000 }, again, { wait: 18_000 }, again],
      expect: [{ reply: { result: '/^It is the same\\.$/' } }, { never: '/./' }],
    }),
    async (ended) => {
      await answeredInline(ended);
      expect(answersIn(ended.call)).toHaveLength(3);
      expect(ended.system.backend.jobsFor('It is the same.')).toHaveLength(1);
    },
  );

  scene(
    'in one webhook with an async one: one is the answer, the other is spoken',
    planCall({
      tools: ['urgent'],
      syncTools: ['plain'],
      steps: [
        ASKS,
        { toolCalls: [job('urgent', 'This is spoken.', real(300)), job('plain', 'This is answered.', real(300))] },
      ],
      expect: [
        { reply: { tool: 'urgent', result: PENDING } },
        { reply: { tool: 'plain', result: '/^This is answered\\.$/' } },
        { heard: 'This is spoken', times: 1 },
        { never: 'answered' },
      ],
    }),
    async ({ system, callId }) => {
      const states = (await histories(system, callId, 2)).map((history) => history.states).sort();
      expect(states).toEqual(['answered-inline', 'sending heard']);
    },
  );

  it('counts what became of each', async () => {
    const metrics = await Promise.all(gateways().map((gateway) => gateway.metrics()));
    const counted = (tool: string, outcome: string): number => {
      const line = new RegExp(`^interject_grace_window_total\\{tool="${tool}",outcome="${outcome}"\\} (\\d+)$`, 'm');
      return metrics.reduce((sum, text) => sum + Number(line.exec(text)?.[1] ?? 0), 0);
    };
    expect(counted('plain', 'inline')).toBeGreaterThanOrEqual(3);
    expect(counted('plain', 'repeated')).toBeGreaterThanOrEqual(2);
    expect(counted('short_grace', 'pending')).toBeGreaterThanOrEqual(2);
    expect(counted('long_grace', 'abandoned')).toBe(2);
  });

  it('the gateway that waits is killed: the repeat is answered by the other one, or the result is spoken', async () => {
    const { system } = stage;
    system.backend.hold();
    const text = 'Its gateway was killed.';
    const playing = system.simulator.begin({ name: 'killed gateway', ...waitingCall(text) });
    const holder = await holderOf();
    await holder.kill();
    await playingRepeat(text);
    system.backend.release();
    await toldOnce(await playing.played, text);
    holder.start();
    await holder.ready();
  }, 60_000);

  it('the gateway that waits is stopped: pending at once, the result is spoken', async () => {
    const { system } = stage;
    system.backend.hold();
    const text = 'Its gateway was stopped.';
    const { played, callId } = system.simulator.begin({ name: 'stopped gateway', ...waitingCall(text) });
    const holder = await holderOf();
    expect(await holder.stop()).toBe(0);
    system.backend.release();
    const ended = await played;
    await toldOnce(ended, text);
    expect(ended.heard).toEqual([text]);
    expect((await historyIn(system, await callId)).states).toBe('sending heard');
  }, 60_000);

  const waitingCall = (text: string): object =>
    planCall({
      syncTools: ['long_grace'],
      timeoutSeconds: 60,
      backoffPlan: { type: 'fixed', maxRetries: 10, baseDelaySeconds: 1 },
      steps: [ASKS, { toolCalls: [job('long_grace', text, 0)] }, { wait: 6000 }],
      // One of them, see below.
      expect: [{ reply: { status: 200 } }],
    });

  const gateways = (): ServiceProcess[] => ['gateway', 'gateway-2'].map((key) => stage.system.service(key));

  /** The gateway at which a webhook has been held open for a while. */
  async function holderOf(): Promise<ServiceProcess> {
    const [port] = await eventually(() => {
      const ports = stage.system.balancer?.holding(300) ?? [];
      return ports.length === 1 ? ports : undefined;
    });
    const holder = gateways().find(({ env }) => env['GATEWAY_PORT'] === String(port));
    if (holder === undefined) throw new Error('No gateway has that port.');
    return holder;
  }

  /** The repeat of the webhook is under way, at another gateway. */
  async function playingRepeat(text: string): Promise<void> {
    await eventually(() => stage.system.balancer?.holding(100).length === 1);
    expect(stage.system.backend.jobsFor(text)).toHaveLength(1);
  }

  async function toldOnce(played: Awaited<ReturnType<typeof stage.system.simulator.play>>, text: string) {
    expectPassed(played);
    const [call] = played.calls;
    if (call === undefined) throw new Error('There was no call.');
    const answered = new Set(answersIn(call).filter(({ result }) => result === text)).size;
    expect(answered + played.heard.filter((heard) => heard === text).length).toBe(1);
    const { states } = await historyIn(stage.system, call.callId);
    expect(states).toBe(answered === 1 ? 'answered-inline' : 'sending heard');
  }
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { say } from '../testing/fake-gateway.js';
import { SimulatorBench, until, type Played } from '../testing/simulator-bench.js';

describe('what Vapi may or may not do', () => {
  let bench: SimulatorBench;

  beforeEach(async () => {
    bench = await SimulatorBench.start({ apiKey: 'api' });
  });

  afterEach(() => bench.stop());

  function play(yaml: string): Promise<Played> {
    return bench.play(`lingerMs: 0\ntools: [{ name: slow, async: true }]\n${yaml}`);
  }

  const spoken = (report: Played): readonly string[] =>
    (report.calls[0]?.events ?? [])
      .filter((event) => event.type === 'speech-started')
      .map((event) => `${event.source}: ${event.text}`);

  it.each([
    [true, ['model: accepted, no result yet'], 'accepted, no result yet'],
    [false, [], 'Success.'],
  ])('shows the model what the webhook returned for an async tool: %s', async (isSpoken, expected, history) => {
    const report = await play(
      `behaviour: { asyncResultSpoken: ${isSpoken} }\nsteps: [{ toolCalls: [{ tool: slow }] }, { wait: 4000 }]`,
    );
    expect(spoken(report)).toEqual(expected);
    expect(bench.gateway.received.at(-1)?.body).toContain(`"message":"${history}"`);
  });

  it.each([
    ['backoffPlan: none\nbehaviour: { repeatsWithoutPlan: 2 }', 3],
    ['backoffPlan: none', 1],
  ])('repeats a failed webhook without being told to, or not: %s', async (yaml, deliveries) => {
    bench.gateway.statuses = [503, 503];
    await play(`${yaml}\nsteps: [{ toolCalls: [{ tool: slow }] }, { wait: 3000 }]`);
    expect(bench.gateway.types().filter((type) => type === 'tool-calls')).toHaveLength(deliveries);
  });

  it('gives a webhook up at its timeout, closes the connection, and repeats it', async () => {
    bench.gateway.answerDelaysMs = [1_000];
    const report = await play(`
timeoutSeconds: 2
backoffPlan: { type: fixed, maxRetries: 1, baseDelaySeconds: 1 }
steps: [{ toolCalls: [{ tool: slow }] }, { wait: 6000 }]
`);
    expect(report.reasons).toEqual([]);
    await until(() => bench.gateway.abandoned === 1);
    expect(bench.gateway.abandoned).toBe(1);
    const attempts = (report.calls[0]?.events ?? [])
      .filter((event) => event.type === 'webhook-answered')
      .filter((event) => event.message === 'tool-calls');
    expect(attempts.map(({ problem, status }) => status ?? problem)).toEqual(['no answer within 2 s', 200]);
  });

  it('lets a talking caller keep up a call that was to end after a sentence', async () => {
    bench.gateway.injections = [say('Good bye then, and thank you.', 50, { endCallAfterSpoken: true })];
    const steps = 'steps: [{ toolCalls: [{ tool: slow }] }, { wait: 8000 }]';
    const cut = 'bargeIn: { intoInjectedMs: 500, forMs: 900 }';
    const kept = await play(`${cut}\n${steps}\nexpect: [{ interrupted: good bye }, { ended: customer-ended-call }]`);
    expect(kept.reasons).toEqual([]);
    const goodBye = say('Good bye then, and thank you.', 50, {
      endCallAfterSpoken: true,
      interruptionsEnabled: false,
    });
    bench.gateway.injections = [goodBye];
    const ended = await play(
      `${cut}\n${steps}\nexpect: [{ heard: good bye }, { ended: assistant-ended-call-after-message-spoken }]`,
    );
    expect(ended.reasons).toEqual([]);
  });

  it('cuts as many injected utterances as told', async () => {
    bench.gateway.injections = ['first', 'second', 'third'].map((word, index) =>
      say(`This is the ${word} of three long sentences.`, 50 + index),
    );
    const report = await play(`
bargeIn: { intoInjectedMs: 700, forMs: 400, nth: [1, 3] }
steps: [{ toolCalls: [{ tool: slow }] }, { wait: 20000 }]
expect: [{ interrupted: sentences, times: 2 }, { heard: second }, { never: first }, { never: third }]
`);
    expect(report.reasons).toEqual([]);
  });

  it('speaks into a silence a few times, where that is configured', async () => {
    const report = await play(`
behaviour: { idleMessages: { texts: ["Are you there?", "Hello?"], afterMs: 3000, max: 2 } }
steps: [{ wait: 20000 }]
`);
    expect(spoken(report)).toEqual(['script: Are you there?', 'script: Hello?']);
  });

  it('asks the gateway for something, as another system would', async () => {
    const step = 'gateway: { path: "/calls/{{callId}}/announcements", body: { text: Hello } }';
    const report = await play(`steps: [{ ${step} }]`);
    expect(report.reasons).toEqual([]);
    const path = `/calls/${report.calls[0]?.callId ?? ''}/announcements`;
    expect(bench.gateway.apiRequests).toEqual([`POST ${path} Bearer api {"text":"Hello"}`]);
    bench.gateway.apiStatus = 401;
    expect((await play(`steps: [{ ${step} }]`)).reasons).toEqual([
      'steps[0]: expected POST /calls/{{callId}}/announcements answered with 2xx, it was 401: does INTERJECT_API_KEY fit the gateway?',
    ]);
  });

  it('is a slow backend for tools', async () => {
    const ask = (path: string) =>
      fetch(`${bench.origin}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"a":1}',
      });
    const startedAt = performance.now();
    const response = await ask('/backend/60');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
    await expect(response.json()).resolves.toEqual({ a: 1 });
    expect((await ask('/backend/0?status=503')).status).toBe(503);
    expect((await ask('/backend/soon')).status).toBe(400);
    expect((await ask('/backend/0?status=9')).status).toBe(400);
  });
});

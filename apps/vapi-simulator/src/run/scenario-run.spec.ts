import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { say, type FakeGateway, type Webhook } from '../testing/fake-gateway.js';
import { SimulatorBench, until, type Played } from '../testing/simulator-bench.js';

const TOOLS = `
tools:
  - { name: find_slots, async: true }
  - { name: build_report, async: true }
`;

describe('a scenario against a gateway', () => {
  let bench: SimulatorBench;
  let gateway: FakeGateway;

  beforeEach(async () => {
    bench = await SimulatorBench.start();
    ({ gateway } = bench);
  });

  afterEach(() => bench.stop());

  const play = (yaml: string): Promise<Played> => bench.play(yaml);

  it('plays a call whose result is spoken, and says what was heard', async () => {
    gateway.injections = [say('Your slot is at nine.')];
    const report = await play(`
${TOOLS}
steps:
  - caller: "A slot please"
  - toolCalls: [{ tool: find_slots, arguments: { day: monday } }]
  - waitForHeard: slot is at nine
  - hangUp: true
expect:
  - heard: "slot is at nine"
    withinMs: 15000
  - reply: { tool: find_slots, status: 200, result: accepted }
  - ended: customer-ended-call
`);
    expect(report.reasons).toEqual([]);
    expect(report.verdict).toBe('passed');
    expect(report.heard).toEqual(['Your slot is at nine.']);
    const types = gateway.types();
    // Webhooks leave on connections of their own: neighbours may change places.
    expect([...types].sort()).toEqual([
      'assistant.started',
      'end-of-call-report',
      'speech-update assistant started',
      'speech-update assistant stopped',
      'speech-update user started',
      'speech-update user stopped',
      'status-update ended',
      'status-update in-progress',
      'tool-calls',
    ]);
    expect(types.slice(-4)).toEqual([
      'speech-update assistant started',
      'speech-update assistant stopped',
      'status-update ended',
      'end-of-call-report',
    ]);
  });

  it('sends what live calls send: secret, call id, three lists, a stale status, a control URL of its own origin', async () => {
    await play(`${TOOLS}
steps:
  - toolCalls: [{ tool: find_slots, arguments: { day: monday } }, { tool: build_report }]
  - hangUp: true
`);
    const calls = gateway.received.find(({ message }) => message.type === 'tool-calls');
    const message = calls?.message as (Webhook & Record<string, readonly unknown[]>) | undefined;
    expect(calls?.headers['x-vapi-secret']).toBe('the-secret');
    expect(calls?.headers['x-call-id']).toBe(message?.call.id);
    expect(message?.call.status).toBe('queued');
    expect(message?.call.monitor.controlUrl).toMatch(new RegExp(`^http://127.0.0.1:\\d+/${message?.call.id}/control$`));
    expect(message?.toolCallList).toHaveLength(2);
    expect(message?.['toolCalls']).toEqual(message?.toolCallList);
    expect(message?.['toolWithToolCallList']?.[0]).toMatchObject({
      async: true,
      function: { name: 'find_slots' },
      toolCall: { function: { arguments: { day: 'monday' } } },
    });
    expect(calls?.body.split('Never invent a result').length).toBeGreaterThan(3 * 5);
  });

  it('repeats what is not answered 2xx with the same ids and other presigned URLs', async () => {
    gateway.statuses = [503, 500];
    const report = await play(`${TOOLS}
steps:
  - toolCalls: [{ tool: find_slots }]
  - wait: 4000
  - hangUp: true
`);
    const sent = gateway.received.filter(({ message }) => message.type === 'tool-calls').map(({ message }) => message);
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map((message) => message.toolCallList?.[0]?.id)).size).toBe(1);
    expect(new Set(sent.map((message) => message.artifact.recordingUrl)).size).toBe(3);
    expect(report.verdict).toBe('passed');
  });

  it('fails with reasons when the gateway never accepts the tool call', async () => {
    gateway.statuses = [401, 401];
    const report = await play(`${TOOLS}
backoffPlan: { type: fixed, maxRetries: 1, baseDelaySeconds: 0 }
steps:
  - toolCalls: [{ tool: find_slots }]
  - wait: 1000
  - hangUp: true
`);
    expect(report.verdict).toBe('failed');
    expect(report.reasons).toEqual([
      'tool calls (find_slots) were not accepted: 401 after 2 attempts: does VAPI_WEBHOOK_SECRET fit the gateway?',
    ]);
  });

  it('fails when a result is said twice', async () => {
    gateway.injections = [say('The report is ready.'), say('The report is ready.', 200)];
    const report = await play(`${TOOLS}
lingerMs: 12000
steps:
  - toolCalls: [{ tool: build_report }]
expect:
  - heard: report is ready
`);
    expect(report.reasons).toEqual(['expected to hear once "report is ready", heard 2 times']);
  });

  it('fails when the caller is talked over', async () => {
    gateway.injections = [say('The report is ready.', 500)];
    const report = await play(`${TOOLS}
steps:
  - toolCalls: [{ tool: build_report }]
  - caller: "${'and so on '.repeat(50)}"
expect:
  - heard: report is ready
`);
    expect(report.reasons).toEqual([expect.stringMatching(/^talked over the caller/)]);
  });

  it('cuts injected speech when the caller barges in, which is then not heard', async () => {
    gateway.injections = [say('The report is ready and it is a long one with many figures.')];
    const report = await play(`${TOOLS}
lingerMs: 500
steps:
  - toolCalls: [{ tool: build_report }]
  - waitForSpeaking: report
  - caller: "Stop"
  - hangUp: true
expect:
  - interrupted: report is ready
  - never: report is ready
`);
    expect(report.reasons).toEqual([]);
    expect(report.heard).toEqual([]);
    expect(gateway.types()).toContain('user-interrupted');
  });

  it('plays several calls at once, each with its number', async () => {
    gateway.injections = [say('Done.')];
    const report = await play(`${TOOLS}
calls: 5
steps:
  - caller: "I am caller {{call}}"
  - toolCalls: [{ tool: find_slots, arguments: { call: "{{call}}" } }]
expect:
  - heard: done
`);
    expect(report.reasons).toEqual([]);
    expect(report.heard).toHaveLength(5);
    expect(report.lines.filter((line) => line.includes('"I am caller 4"'))).toHaveLength(1);
    const calls = gateway.received.filter(({ message }) => message.type === 'tool-calls');
    expect(new Set(calls.map(({ message }) => message.call.id)).size).toBe(5);
  });

  it('refuses speech for an ended call with 400, and tells the reason of the end', async () => {
    gateway.injections = [say('Too late.', 150)];
    const report = await play(`${TOOLS}
steps:
  - toolCalls: [{ tool: find_slots }]
  - wait: 500
  - end: { reason: assistant-ended-call }
expect:
  - never: too late
  - ended: assistant-ended-call
`);
    expect(report.reasons).toEqual([]);
    await until(() => gateway.controlStatuses.length === 1);
    expect(gateway.controlStatuses).toEqual([400]);
    expect(gateway.received.at(-1)?.message).toMatchObject({
      type: 'end-of-call-report',
      endedReason: 'assistant-ended-call',
    });
  });

  it('says that no gateway listens', async () => {
    await gateway.close();
    await expect(play('steps: []')).rejects.toThrow(/no gateway listens at 127.0.0.1:\d+: start one/);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { say } from '../testing/fake-gateway.js';
import { SimulatorBench, until, type Played } from '../testing/simulator-bench.js';

describe('faults in a call', () => {
  let bench: SimulatorBench;

  beforeEach(async () => {
    bench = await SimulatorBench.start({ publicKey: 'pub' });
    bench.gateway.injections = [say('The report is ready.', 50)];
  });

  afterEach(() => bench.stop());

  function play(faults: string, expectations: string, steps = '- waitForControl: 1\n  - wait: 4000'): Promise<Played> {
    return bench.play(`
lingerMs: 0
tools: [{ name: build_report, async: true }]
faults: ${faults}
steps:
  - toolCalls: [{ tool: build_report }]
  ${steps}
expect:
  ${expectations}
`);
  }

  it('drops in silence what it accepted', async () => {
    const report = await play('{ silentDrop: { nth: 1 } }', '- never: report');
    expect(report.reasons).toEqual([]);
    expect(bench.gateway.controlStatuses).toEqual([200]);
    expect(bench.gateway.types()).not.toContain('speech-update assistant started');
    expect(report.lines.join('\n')).toContain('accepted but never spoken (silentDrop)');
  });

  it('renders late', async () => {
    const report = await play('{ lateRender: { delayMs: 6000 } }', '- heard: report', '- waitForHeard: 1');
    const started = report.calls[0]?.events.find((event) => event.type === 'speech-started');
    const accepted = report.calls[0]?.events.find((event) => event.type === 'speech-accepted');
    expect(report.reasons).toEqual([]);
    expect((started?.atMs ?? 0) - (accepted?.atMs ?? 0)).toBeGreaterThanOrEqual(6_300);
  });

  it('hides the end of the speech, which is heard all the same', async () => {
    const report = await play('{ loseSpeechStopped: { role: assistant } }', '- heard: report');
    expect(report.reasons).toEqual([]);
    expect(bench.gateway.types()).toContain('speech-update assistant started');
    expect(bench.gateway.types()).not.toContain('speech-update assistant stopped');
  });

  it('answers with an error and does not speak, or speaks all the same', async () => {
    expect((await play('{ controlErrors: { status: 502 } }', '- never: report')).reasons).toEqual([]);
    expect((await play('{ controlErrors: { status: 502, accepted: true } }', '- heard: report')).reasons).toEqual([]);
    expect(bench.gateway.controlStatuses).toEqual([502, 502]);
  });

  it('asks for the public key', async () => {
    expect((await play('{ controlAuthentication: true }', '- never: report')).reasons).toEqual([]);
    expect(bench.gateway.controlStatuses).toEqual([401]);
    bench.gateway.controlAuthorization = 'Bearer pub';
    expect((await play('{ controlAuthentication: true }', '- heard: report')).reasons).toEqual([]);
  });

  it('lets the control POST hang, then drops the connection', async () => {
    const report = await play('{ controlHang: { forMs: 2000 } }', '- never: report');
    expect(report.reasons).toEqual([]);
    await until(() => bench.gateway.controlFailures === 1);
    expect(bench.gateway.controlStatuses).toEqual([]);
    expect(bench.gateway.controlFailures).toBe(1);
  });

  it('ends the call early', async () => {
    const report = await play(
      '{ endCallEarly: { afterToolCallMs: 400, reason: customer-did-not-answer } }',
      '- ended: customer-did-not-answer',
      '- wait: 20000',
    );
    expect(report.reasons).toEqual([]);
    expect(bench.gateway.received.at(-1)?.message.endedReason).toBe('customer-did-not-answer');
  });

  it('lets a later webhook overtake', async () => {
    await play(
      '{ reorderWebhooks: { types: [speech-update], holdMs: 9000, every: 2 } }',
      '- heard: report',
      '- waitForHeard: 1\n  - wait: 1000',
    );
    const times = bench.gateway.received.map(({ message }) => message.timestamp);
    expect(times).not.toEqual([...times].sort((a, b) => a - b));
  });

  it('sends a late speech event with its true time, after the ones that overtook it', async () => {
    await play(
      '{ lateSpeechUpdate: { role: assistant, status: started, delayMs: 4000 } }',
      '- heard: report',
      '- waitForHeard: 1\n  - wait: 5000',
    );
    const of = (status: string) =>
      bench.gateway.received.find(({ message }) => message.role === 'assistant' && message.status === status);
    const types = bench.gateway.types();
    expect(types.indexOf('speech-update assistant started')).toBeGreaterThan(
      types.indexOf('speech-update assistant stopped'),
    );
    expect(of('started')?.message.timestamp).toBeLessThan(of('stopped')?.message.timestamp ?? 0);
  });

  it('sends user-interrupted twice', async () => {
    bench.gateway.injections = [say('The report is ready and here are all of its many figures.', 50)];
    await play(
      '{ userInterrupted: { delivery: twice, delayMs: 300 } }',
      '- interrupted: report',
      '- waitForSpeaking: report\n  - caller: "Stop please"\n  - wait: 1000',
    );
    expect(bench.gateway.types().filter((type) => type === 'user-interrupted')).toHaveLength(2);
  });

  it('answers a missing key and a wrong one as told', async () => {
    const keys = 'behaviour: { control: { missingKey: 403, wrongKey: { status: 418, body: { error: no } } } }';
    const run = () =>
      bench.play(`${keys}
lingerMs: 0
tools: [{ name: slow, async: true }]
faults: { controlAuthentication: true }
steps: [{ toolCalls: [{ tool: slow }] }, { waitForControl: 1 }]
`);
    await run();
    bench.gateway.controlAuthorization = 'Bearer private';
    await run();
    await until(() => bench.gateway.controlStatuses.length === 2);
    expect(bench.gateway.controlStatuses).toEqual([403, 418]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { say } from '../testing/fake-gateway.js';
import { SimulatorBench, type Played } from '../testing/simulator-bench.js';

describe('how a simulated call behaves', () => {
  let bench: SimulatorBench;

  beforeEach(async () => {
    bench = await SimulatorBench.start();
  });

  afterEach(() => bench.stop());

  function play(yaml: string): Promise<Played> {
    return bench.play(`lingerMs: 0\ntools: [{ name: slow, async: true }, { name: quick }]\n${yaml}`);
  }

  const spoken = (report: Played): readonly string[] =>
    (report.calls[0]?.events ?? [])
      .filter((event) => event.type === 'speech-started')
      .map((event) => `${event.source}: ${event.text}`);

  it('lets the model answer a message that triggers it, and cuts what it was saying', async () => {
    bench.gateway.injections = [
      { afterMs: 50, message: { type: 'add-message', message: { role: 'system', content: 'the slot is at nine' } } },
    ];
    const report = await play(`
behaviour: { modelReply: "By the way, {{content}}." }
steps:
  - toolCalls: [{ tool: slow }]
  - assistant: "${'so I was saying '.repeat(40)}"
  - waitForHeard: By the way, the slot is at nine.
expect: [{ heard: slot is at nine }, { context: slot }]
`);
    expect(report.reasons).toEqual([]);
    expect(report.lines.join('\n')).toContain('cut (replaced)');
  });

  it('only remembers a silent message', async () => {
    const message = { role: 'system', content: 'the slot is at nine' };
    bench.gateway.injections = [
      { afterMs: 50, message: { type: 'add-message', message, triggerResponseEnabled: false } },
    ];
    const report = await play(`
steps: [{ toolCalls: [{ tool: slow }] }, { waitForControl: 1 }, { wait: 3000 }]
expect: [{ never: slot }, { context: slot }]
`);
    expect(report.reasons).toEqual([]);
    expect(bench.gateway.received.at(-1)?.body).toContain('the slot is at nine');
  });

  it('ends the call after a say that asks for it', async () => {
    bench.gateway.injections = [say('Good bye.', 50, { endCallAfterSpoken: true })];
    const report = await play(`
steps: [{ toolCalls: [{ tool: slow }] }, { wait: 20000 }]
expect: [{ heard: good bye }, { ended: assistant-ended-call-after-message-spoken }]
`);
    expect(report.reasons).toEqual([]);
  });

  it('ends the call on end-call', async () => {
    bench.gateway.injections = [{ afterMs: 50, message: { type: 'end-call' } }];
    const report = await play(
      'steps: [{ toolCalls: [{ tool: slow }] }, { wait: 20000 }]\nexpect: [{ ended: assistant-ended-call }]',
    );
    expect(report.reasons).toEqual([]);
  });

  it('says nothing while it is forwarded', async () => {
    bench.gateway.injections = [say('The report is ready.', 50)];
    const report = await play(`
steps: [{ toolCalls: [{ tool: slow }] }, { status: forwarding }, { waitForControl: 1 }, { wait: 2000 }]
expect: [{ never: report }]
`);
    expect(report.reasons).toEqual([]);
    expect(bench.gateway.types()).toContain('status-update forwarding');
  });

  it('does not let the caller cut what is not interruptible', async () => {
    bench.gateway.injections = [say('This is an important warning for you.', 50, { interruptionsEnabled: false })];
    const report = await play(`
steps: [{ toolCalls: [{ tool: slow }] }, { waitForSpeaking: warning }, { caller: "What?" }]
expect: [{ heard: warning }]
`);
    expect(report.reasons).toEqual([]);
  });

  it('hangs up after too long a silence, but not while someone speaks, and after the longest duration', async () => {
    const silent = await play(`
behaviour: { silenceTimeoutMs: 5000, maxDurationMs: 60000 }
steps: [{ caller: "${'on and on '.repeat(15)}" }, { wait: 20000 }]
expect: [{ ended: silence-timed-out }]
`);
    expect(silent.reasons).toEqual([]);
    const endedAtMs = silent.calls[0]?.events.find((event) => event.type === 'call-ended')?.atMs ?? 0;
    expect(endedAtMs).toBeGreaterThan(150 * 65 + 4_900);
    const long = await play(`
behaviour: { maxDurationMs: 3000 }
steps: [{ wait: 20000 }]
expect: [{ ended: exceeded-max-duration }]
`);
    expect(long.reasons).toEqual([]);
  });

  it('speaks the lines of its tools when Vapi would', async () => {
    const report = await bench.play(`
lingerMs: 0
tools:
  - name: slow
    async: true
    messages:
      - { type: request-start, content: "never for async" }
      - { type: request-complete, content: "I am on it" }
      - { type: request-complete, content: "only a hint", role: system }
  - name: quick
    messages:
      - { type: request-start, content: "hold on" }
      - { type: request-complete, content: "here it is" }
steps:
  - toolCalls: [{ tool: slow }]
  - wait: 3000
  - toolCalls: [{ tool: quick }]
    speakResults: true
  - wait: 4000
`);
    expect(spoken(report)).toEqual([
      'script: I am on it',
      'script: hold on',
      'script: here it is',
      'script: accepted, no result yet',
    ]);
  });

  it('fails a step that waits in vain, and goes on', async () => {
    const report = await play(`
steps:
  - waitForHeard: { text: report, withinMs: 500 }
  - waitForSpeaking: { withinMs: 500 }
  - caller: "Hello?"
`);
    expect(report.reasons).toEqual([
      'steps[0]: waited to hear "report", heard 0 within 500 ms',
      'steps[1]: waited for injected speech to be said, it was not within 500 ms',
    ]);
    expect(bench.gateway.types()).toContain('speech-update user started');
  });

  it('can cut speech that started over the caller, the other answer to an open question', async () => {
    bench.gateway.injections = [say('The report is ready.', 50)];
    const report = await play(`
behaviour: { cutWhenCallerSpeaks: true }
steps: [{ toolCalls: [{ tool: slow }] }, { caller: "${'so I said '.repeat(20)}" }]
expect: [{ interrupted: report }, { never: report }, { notOverCaller: false }]
`);
    expect(report.reasons).toEqual([]);
  });
});

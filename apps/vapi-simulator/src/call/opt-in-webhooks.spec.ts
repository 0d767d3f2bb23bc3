import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { say } from '../testing/fake-gateway.js';
import { SimulatorBench } from '../testing/simulator-bench.js';

describe('webhooks that come only where they are asked for', () => {
  let bench: SimulatorBench;

  beforeEach(async () => {
    bench = await SimulatorBench.start();
    bench.gateway.injections = [say('Your report, the ONE of May, is ready.', 50)];
  });

  afterEach(() => bench.stop());

  async function play(behaviour: string, listed = true): Promise<void> {
    const messages = listed ? 'serverMessages: [tool-calls, assistant.speechStarted, conversation-update]' : '';
    const report = await bench.play(`
lingerMs: 0
${messages}
behaviour: ${behaviour}
tools: [{ name: slow, async: true }]
steps:
  - assistant: "Hello there."
  - caller: "My report please"
  - assistant: "One moment."
  - toolCalls: [{ tool: slow }]
  - waitForHeard: report
`);
    expect(report.reasons).toEqual([]);
  }

  const started = (): readonly unknown[] =>
    bench.gateway.received
      .filter(({ message }) => message.type === 'assistant.speechStarted')
      .map(({ message: { source, text, turn } }) => ({ source, text, turn }));

  const MODEL = [
    { source: 'model', text: 'Hello there.', turn: 0 },
    { source: 'model', text: 'One moment.', turn: 1 },
  ];

  it('tells what the assistant says, without the control URL’s words as measured', async () => {
    await play('{}');
    expect(started()).toEqual(MODEL);
  });

  it('tells the control URL’s words too, cumulated, as documented', async () => {
    await play('{ speechStartedForSay: true }');
    const text = 'One moment. Your report, the ONE of May, is ready.';
    expect(started()).toEqual([...MODEL, { source: 'force-say', text, turn: 1 }]);
  });

  it.each([
    ['{}', 'One moment. your report the one of may is ready'],
    ['{ retranscribeSay: false }', 'One moment. Your report, the ONE of May, is ready.'],
  ])('shows the history with what was said: %s', async (behaviour, content) => {
    await play(behaviour);
    const updates = bench.gateway.received.filter(({ message }) => message.type === 'conversation-update');
    const history = updates.at(-1)?.message.messagesOpenAIFormatted ?? [];
    const words = history.filter(({ role }) => role === 'assistant' || role === 'user').map((turn) => turn.content);
    // The tool call stands between the two halves of the turn.
    expect(words.filter((text) => text !== '').join(' ')).toBe(`Hello there. My report please ${content}`);
  });

  it('does not come otherwise', async () => {
    await play('{ speechStartedForSay: true }', false);
    expect(bench.gateway.types()).toContain('speech-update assistant started');
    expect(started()).toEqual([]);
    expect(bench.gateway.types()).not.toContain('conversation-update');
  });

  it('echoes the limits of the call in every status', async () => {
    await bench.play('behaviour: { silenceTimeoutMs: 45000, maxDurationMs: 90000 }\nlingerMs: 0\nsteps: []');
    expect(bench.gateway.received[0]?.message).toMatchObject({
      type: 'status-update',
      assistant: { silenceTimeoutSeconds: 45, maxDurationSeconds: 90 },
    });
  });
});

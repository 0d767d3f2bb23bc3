import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SimulatorBench } from '../testing/simulator-bench.js';

type Body = Readonly<Record<string, unknown>>;

describe('the shapes of webhooks', () => {
  let bench: SimulatorBench;

  beforeEach(async () => {
    bench = await SimulatorBench.start();
  });

  afterEach(() => bench.stop());

  /** Plays one tool call and gives its message. */
  async function sent(shape: string, more = ''): Promise<Body> {
    bench.gateway.received.length = 0;
    await bench.play(`
lingerMs: 0
${more}
tools: [{ name: book, async: true }]
steps:
  - toolCalls: [{ tool: book, arguments: { day: monday } }]
    shape: ${shape}
  - wait: 200
expect: [{ toolCallsAnswered: false }]
`);
    const webhook = bench.gateway.received.find(({ body }) => /"type":"(tool-calls|function-call)"/.test(body));
    return webhook?.message as unknown as Body;
  }

  const list = (message: Body, name = 'toolCallList'): readonly Body[] => message[name] as readonly Body[];

  it('has arguments as an object, a text, or a text that is no JSON', async () => {
    const given = (message: Body): unknown => (list(message)[0]?.['function'] as Body)['arguments'];
    expect(given(await sent('{}'))).toEqual({ day: 'monday' });
    expect(given(await sent('{ arguments: string }'))).toBe('{"day":"monday"}');
    expect(given(await sent('{ arguments: broken-string }'))).toBe('{"day":"monday"},');
  });

  it('has flat tool calls', async () => {
    expect(list(await sent('{ toolCall: flat-arguments }'))[0]).toMatchObject({
      name: 'book',
      arguments: { day: 'monday' },
    });
    const flat = await sent('{ toolCall: flat-parameters, lists: [toolWithToolCallList] }');
    expect(list(flat, 'toolWithToolCallList')[0]?.['toolCall']).toMatchObject({
      name: 'book',
      parameters: { day: 'monday' },
    });
    expect(Object.keys(flat)).not.toContain('toolCallList');
  });

  it('has null entries, an ISO timestamp, no monitor, a squad', async () => {
    const message = await sent(
      '{ nullEntries: true, timestamp: iso, monitor: false, squad: true, lists: [toolCalls] }',
    );
    expect(list(message, 'toolCalls')).toEqual([null, expect.anything(), null]);
    expect(message['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(message['call']).not.toHaveProperty('monitor');
    expect(message['call']).not.toHaveProperty('assistantId');
    expect(message['call']).toHaveProperty('squad.members');
  });

  it('has a chat without a call', async () => {
    const message = await sent('{ chat: true }');
    expect(message).toHaveProperty('chat.id');
    expect(message).not.toHaveProperty('call');
    const webhook = bench.gateway.received.find((received) => received.message.type === 'tool-calls');
    expect(webhook?.headers['x-call-id']).toBeUndefined();
  });

  it('has the old function-call', async () => {
    const message = await sent('{ legacyFunctionCall: true }');
    expect(message).toMatchObject({
      type: 'function-call',
      functionCall: { name: 'book', parameters: { day: 'monday' } },
    });
    expect(message).not.toHaveProperty('toolCallList');
  });

  it('echoes secrets only when asked to', async () => {
    expect(JSON.stringify(await sent('{}'))).not.toContain('must-not-leak');
    const message = await sent('{ secrets: true }');
    expect(message['phoneNumber']).toHaveProperty('twilioAuthToken');
    expect(list(message, 'toolWithToolCallList')[0]).toHaveProperty('server.secret');
    expect(message['assistant']).toHaveProperty('server.secret');
  });

  it.each([300_000, 2_000_000])('is at least %i bytes long', async (bytes) => {
    await sent(`{ bodyBytes: ${bytes} }`);
    const length = bench.gateway.received.find(({ message }) => message.type === 'tool-calls')?.body.length ?? 0;
    expect(length).toBeGreaterThanOrEqual(bytes);
    expect(length).toBeLessThan(bytes * 1.02);
  });

  it.each([
    ['openai', /^call_.{24}$/],
    ['anthropic', /^toolu_/],
    ['short', /^call_.{4}$/],
    ['uuid', /^[\da-f-]{36}$/],
    ['hostile', /[\r\n]/],
  ])('has ids of the style %s', async (style, pattern) => {
    expect(list(await sent(`{ ids: ${style} }`))[0]?.['id']).toMatch(pattern);
  });

  it('has no customer and no phone number in a web call', async () => {
    const message = await sent('{}', 'callType: webCall');
    expect(message).not.toHaveProperty('phoneNumber');
    expect(message['call']).toMatchObject({ type: 'webCall' });
  });

  it('sends messages and bodies of the scenario’s own, and what serverMessages ask for', async () => {
    await bench.play(`
lingerMs: 0
serverMessages: [transcript]
steps:
  - caller: hello
  - webhook: { type: model-output, output: [1] }
  - wait: 100
`);
    expect(bench.gateway.types()).toEqual(['transcript user', 'model-output']);
    expect(bench.gateway.received[0]?.message).toMatchObject({ transcript: 'hello', transcriptType: 'final' });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applySeed, readSeed } from '../account/seed.js';
import { FakeGateway } from '../testing/fake-gateway.js';
import { SimulatorBench, until, type Played } from '../testing/simulator-bench.js';

type Fields = Readonly<Record<string, unknown>>;

describe('a call with a stored assistant', () => {
  let bench: SimulatorBench;
  let other: FakeGateway;
  let otherUrl: string;

  beforeEach(async () => {
    bench = await SimulatorBench.start();
    other = new FakeGateway();
    otherUrl = await other.listen();
  });

  afterEach(async () => {
    await bench.stop();
    await other.close();
  });

  const gatewayUrl = (): string => bench.server.runDefaults().target.url;
  const tool = (name: string, more: Fields = {}): Fields => ({
    id: `id-of-${name}`,
    type: 'function',
    async: true,
    function: { name },
    server: { url: gatewayUrl() },
    ...more,
  });

  function seed(tools: readonly Fields[], assistant: Fields = {}): void {
    const model = { provider: 'openai', model: 'gpt-4o', toolIds: tools.map(({ id }) => id) };
    const reading = readSeed({
      tools,
      assistants: [{ id: 'ann', model, serverMessages: ['tool-calls'], ...assistant }],
    });
    if (!reading.ok) throw new Error(reading.problems.join('\n'));
    applySeed(bench.server.runDefaults().account, reading.seed);
  }

  const play = (yaml: string): Promise<Played> => bench.play(`assistantId: ann\nlingerMs: 0\n${yaml}`);
  const spoken = (report: Played): readonly string[] =>
    (report.calls[0]?.events ?? [])
      .filter((event) => event.type === 'speech-started')
      .map((event) => `${event.source}: ${event.text}`);
  /** The tool-calls messages that a gateway got. */
  const messages = (gateway: FakeGateway): readonly Fields[] =>
    gateway.received
      .filter(({ message }) => message.type === 'tool-calls')
      .map(({ message }) => message as unknown as Fields);
  const argumentsOf = (message: Fields | undefined, list = 'toolCallList'): unknown =>
    (message?.[list] as readonly { readonly function: Fields }[] | undefined)?.[0]?.function['arguments'];

  it('merges static parameters into the arguments, over what the model gave, with data of the call', async () => {
    const parameters = [
      { key: 'from', value: '{{ customer.number }}' },
      { key: 'call', value: { id: '{{call.id}}', list: ['{{ call.type }}', 7, '{{ nobody }}'] } },
      { key: 'tenant', value: 42 },
      { key: 'broken', value: '{% if %}' },
    ];
    seed([tool('book', { parameters })]);
    const report = await play(
      'steps: [{ toolCalls: [{ tool: book, arguments: { from: "the model", day: monday } }] }]',
    );
    const [message] = messages(bench.gateway);
    const { callId } = report.calls[0] ?? {};
    const expected = {
      day: 'monday',
      from: expect.stringMatching(/^\+1202555\d{4}$/),
      call: { id: callId, list: ['inboundPhoneCall', 7, ''] },
      tenant: 42,
      broken: '{% if %}',
    };
    expect(argumentsOf(message)).toEqual(expected);
    expect(argumentsOf(message, 'toolCalls')).toEqual(expected);
    expect(message?.['toolWithToolCallList']).toEqual([
      expect.objectContaining({ async: true, parameters, toolCall: expect.objectContaining({ type: 'function' }) }),
    ]);
    expect(message).toMatchObject({
      call: { assistantId: 'ann' },
      assistant: { id: 'ann', model: { model: 'gpt-4o' } },
    });
  });

  it('leaves a caller out of the arguments when there is none', async () => {
    seed([tool('book', { parameters: [{ key: 'from', value: 'tel:{{ customer.number }}' }] })]);
    await play('callType: webCall\nsteps: [{ toolCalls: [{ tool: book }] }]');
    expect(argumentsOf(messages(bench.gateway)[0])).toEqual({ from: 'tel:' });
  });

  it('says request-complete of an async tool at once, with the arguments in it, and no other message ever', async () => {
    bench.gateway.answerDelaysMs = [200];
    seed([
      tool('book', {
        messages: [
          { type: 'request-start', content: 'Hold on.' },
          { type: 'request-response-delayed', content: 'Still at it.', timingMilliseconds: 100 },
          { type: 'request-complete', content: 'For {{ day }}, I am on it.' },
          { type: 'request-failed', content: 'That went wrong.' },
        ],
      }),
    ]);
    bench.gateway.statuses = [500];
    const report = await play(`
steps: [{ toolCalls: [{ tool: book, arguments: { day: monday } }] }, { wait: 8000 }]
expect: [{ toolCallsAnswered: false }]
`);
    expect(spoken(report)).toEqual(['script: For monday, I am on it.']);
    const saidAtMs = report.calls[0]?.events.find((event) => event.type === 'speech-accepted')?.atMs ?? Infinity;
    const answered = report.calls[0]?.events.find((event) => event.type === 'webhook-answered');
    expect(saidAtMs).toBeLessThan(answered?.atMs ?? 0);
  });

  it('says the first language of a message, and request-start of a sync tool', async () => {
    const contents = [{ type: 'text', text: 'Einen Moment.', language: 'de' }];
    seed([
      tool('book', {
        async: false,
        messages: [
          { type: 'request-start', content: 'One moment.', contents },
          { type: 'request-complete', content: 'Here it is.' },
        ],
      }),
    ]);
    const report = await play('steps: [{ toolCalls: [{ tool: book }] }, { wait: 3000 }]');
    expect(spoken(report)).toEqual(['script: Einen Moment.', 'script: Here it is.']);
  });

  it('sends each webhook to the server of its tool, with its headers, and repeats it by its plan', async () => {
    const backoffPlan = { type: 'fixed', maxRetries: 2, baseDelaySeconds: 1 };
    seed([
      tool('near'),
      tool('far', { server: { url: otherUrl, secret: 's', headers: { 'X-Tenant': 'acme' }, backoffPlan } }),
      tool('none', { server: undefined }),
    ]);
    other.statuses = [503];
    const report = await play(`
steps: [{ toolCalls: [{ tool: near }, { tool: far }, { tool: none }] }, { wait: 3000 }]
expect: [{ reply: { tool: near, status: 200 } }]
`);
    const namesOf = (message: Fields): readonly unknown[] =>
      (message['toolCallList'] as readonly { readonly function: Fields }[]).map((call) => call.function['name']);
    expect(report.reasons).toEqual([]);
    expect(messages(bench.gateway).map(namesOf)).toEqual([['near'], ['none']]);
    expect(messages(other).map(namesOf)).toEqual([['far'], ['far']]);
    expect(other.received[0]?.headers).toMatchObject({ 'x-tenant': 'acme', 'x-vapi-secret': 's' });
    expect(bench.gateway.received[0]?.headers['x-vapi-secret']).toBe('the-secret');
  });

  it('sends everything to the configured gateway where told so', async () => {
    seed([tool('far', { server: { url: 'https://interject.example.com/vapi/webhook' } })]);
    await play('servers: gateway\nsteps: [{ toolCalls: [{ tool: far }] }]');
    expect(messages(bench.gateway)).toHaveLength(1);
  });

  it('gives a webhook up at the timeout of the tool, without a repeat where it has no plan', async () => {
    bench.gateway.answerDelaysMs = [2_000];
    seed([tool('slow', { server: { url: gatewayUrl(), timeoutSeconds: 3 } })]);
    const report = await play(`
steps: [{ toolCalls: [{ tool: slow }] }, { wait: 8000 }]
expect: [{ toolCallsAnswered: false }]
`);
    const answers = report.calls[0]?.events.filter((event) => event.type === 'webhook-answered');
    expect(answers).toMatchObject([{ problem: 'no answer within 3 s', last: true }]);
  });

  it('tells the server of the assistant what its serverMessages list, by default what Vapi sends', async () => {
    seed([tool('book')], { server: { url: otherUrl }, serverMessages: ['status-update'] });
    await play('steps: [{ toolCalls: [{ tool: book }] }]');
    expect(other.types()).toEqual(['status-update in-progress', 'status-update ended']);
    expect(bench.gateway.types()).toEqual(['tool-calls']);
    other.received.length = 0;
    bench.server.runDefaults().account.patch('assistant', 'ann', { serverMessages: null });
    await play('steps: [{ caller: hello }]');
    expect(new Set(other.types().map((type) => type.split(' ')[0]))).toEqual(
      new Set(['status-update', 'assistant.started', 'speech-update', 'conversation-update', 'end-of-call-report']),
    );
  });

  it('plays tools that stand in the assistant itself', async () => {
    const inline = tool('inline', { messages: [{ type: 'request-complete', content: 'On it.' }] });
    seed([], {
      model: {
        provider: 'openai',
        model: 'gpt-4o',
        tools: [inline],
        messages: [{ role: 'system', content: 'You are Ann.' }],
      },
    });
    const report = await play('steps: [{ toolCalls: [{ tool: inline }] }, { wait: 2000 }]');
    expect(spoken(report)).toEqual(['script: On it.']);
    expect(bench.gateway.received[0]?.body).toContain('You are Ann.');
  });

  it('fails the call of an assistant that names a tool that is gone', async () => {
    seed([tool('book')], { server: { url: otherUrl }, serverMessages: ['status-update'] });
    const { account } = bench.server.runDefaults();
    account.quirks = { ...account.quirks, deleteInUse: 'allow' };
    account.deleteTool('id-of-book');
    const report = await play(`
steps: [{ toolCalls: [{ tool: book }] }]
expect: [{ ended: call.start.error-get-resources-validation }]
`);
    expect(report.reasons).toEqual([]);
    expect(other.types()).toEqual(['status-update ended']);
    expect(messages(bench.gateway)).toEqual([]);
  });

  it('has no control URL where the assistant says so, and refuses who guesses it', async () => {
    seed([tool('book')], { monitorPlan: { controlEnabled: false } });
    const playing = play('steps: [{ toolCalls: [{ tool: book }] }, { wait: 20000 }]');
    await until(() => bench.gateway.received.length > 0);
    const { id } = bench.gateway.received[0]?.message.call ?? {};
    const control = await fetch(`${bench.origin}/${id}/control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'say', content: 'Nobody hears this.' }),
    });
    expect(control.status).toBe(400);
    expect(messages(bench.gateway)[0]).not.toHaveProperty('call.monitor');
    const call = (await (await fetch(`${bench.origin}/call/${id}`)).json()) as Fields;
    expect(call).toMatchObject({ status: 'in-progress', monitor: { listenUrl: expect.any(String) } });
    expect(call['monitor']).not.toHaveProperty('controlUrl');
    expect(spoken(await playing)).toEqual([]);
  });

  it('asks for the public key where the assistant says so', async () => {
    seed([tool('book')], { monitorPlan: { controlAuthenticationEnabled: true } });
    await expect(play('steps: []')).rejects.toMatchObject({ code: 'public-key-missing' });
  });

  it('plays what is published, not a draft', async () => {
    seed([tool('book')]);
    const { account } = bench.server.runDefaults();
    account.quirks = { ...account.quirks, versions: 'draft' };
    account.patch('tool', 'id-of-book', { function: { name: 'renamed' } });
    await expect(play('steps: [{ toolCalls: [{ tool: renamed }] }]')).rejects.toMatchObject({
      code: 'tool-unknown',
      message: 'assistant ann cannot call renamed: it has book',
    });
  });

  it('says what to do when the account has no such assistant', async () => {
    await expect(play('steps: []')).rejects.toMatchObject({
      code: 'assistant-unknown',
      message: expect.stringMatching(/has no assistant ann: create it with POST \/assistant, or seed it/),
    });
  });
});

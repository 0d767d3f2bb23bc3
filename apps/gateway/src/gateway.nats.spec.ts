import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets, callToken, speechFingerprint, Streams, Subjects, toolCallKey } from '@interject/contracts';
import type { ToolCallRequested } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { aToolDefinition, eventually, NatsServer } from '@interject/testing';
import { startGateway } from './testing/start-gateway.js';
import type { RunningGateway } from './testing/start-gateway.js';
import { SPEC_CALL_ID, SPEC_CONTROL_URL, toolCallsWebhook } from './testing/tool-calls-body.js';
import type { SpecToolCall } from './testing/tool-calls-body.js';
import { startWorkerLife } from './testing/worker-life.js';
import type { WorkerLife } from './testing/worker-life.js';

const CALL_ID = SPEC_CALL_ID;
const CONTROL_URL = SPEC_CONTROL_URL;

function toolCallsBody(toolCallId: string, options: Omit<SpecToolCall, 'id'> = {}): unknown {
  return toolCallsWebhook([{ id: toolCallId, ...options }]);
}

describe('the gateway', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let gateway: RunningGateway;
  let life: WorkerLife;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    await kit.kv.bucket(Buckets.Tools).put('build_report', JSON.stringify(aToolDefinition()));
    life = await startWorkerLife(kit, ['build_report']);
    gateway = await startGateway(server.url);
  }, 20_000);
  afterAll(async () => {
    await gateway.stop();
    life.stop();
    await kit.close();
    await server.dispose();
  });

  async function stored(toolCallId: string, tool = 'build_report'): Promise<ToolCallRequested | undefined> {
    const key = toolCallKey(CALL_ID, toolCallId);
    const { subject } = kit.publisher.events.toolCall({
      callId: CALL_ID,
      toolCallId,
      tool,
    } as ToolCallRequested);
    expect(subject).toContain(key);
    const message = await kit.reader.last(Streams.ToolCalls, subject);
    return message === undefined ? undefined : (JSON.parse(Buffer.from(message.data).toString()) as ToolCallRequested);
  }

  async function messagesIn(stream: 'TOOL_CALLS' | 'CALL_EVENTS'): Promise<number> {
    return (await kit.connection.manager.streams.info(stream)).state.messages;
  }

  it('stores an async tool call before it answers, and keeps private data out', async () => {
    const { status, body } = await gateway.post(toolCallsBody('call_1'));
    expect(status).toBe(200);
    expect(body).toEqual({
      results: [
        { name: 'build_report', toolCallId: 'call_1', result: expect.stringMatching(/no result yet: do not guess/) },
      ],
    });
    const event = await stored('call_1');
    expect(event).toMatchObject({
      callId: CALL_ID,
      tool: 'build_report',
      arguments: { region: 'north' },
      mode: 'async',
      graceMs: 0,
    });
    expect(JSON.stringify(event)).not.toMatch(/private prompt|s3cret|vapi\.ai/);
    const control = await kit.kv.bucket(Buckets.Control).get(callToken(CALL_ID));
    expect(JSON.parse(Buffer.from(control?.value ?? []).toString())).toEqual({
      callId: CALL_ID,
      controlUrl: CONTROL_URL,
    });
  });

  it('stores a repeated webhook once and answers it alike', async () => {
    const first = await gateway.post(toolCallsBody('call_again'));
    const count = await messagesIn(Streams.ToolCalls);
    const second = await gateway.post(toolCallsBody('call_again'));
    expect(second).toEqual(first);
    expect(await messagesIn(Streams.ToolCalls)).toBe(count);
    expect(await gateway.metrics()).toMatch(
      /interject_tool_calls_total\{tool="build_report",disposition="repeated"\} 1/,
    );
  });

  it.each<[string, unknown, RegExp]>([
    ['an unknown tool', toolCallsBody('bad_1', { name: 'no_such_tool' }), /not available/],
    [
      'arguments that do not fit the schema',
      toolCallsBody('bad_2', { arguments: { region: 7 } }),
      /region must be string/,
    ],
    ['missing arguments', toolCallsBody('bad_3', { arguments: {} }), /must have required property 'region'/],
    ['arguments that are not JSON', toolCallsBody('bad_4', { arguments: '{"region":' }), /not valid JSON/],
    ['arguments over 256 KB', toolCallsBody('bad_5', { arguments: { region: 'x'.repeat(300_000) } }), /over 256 KB/],
    [
      'a chat without a call',
      {
        message: {
          type: 'tool-calls',
          chat: { id: 'chat_1' },
          toolCallList: [{ id: 'bad_6', name: 'build_report', arguments: { region: 'n' } }],
        },
      },
      /live call/,
    ],
  ])('answers %s with an error of that entry and stores nothing', async (_, body, error) => {
    const before = await messagesIn(Streams.ToolCalls);
    const answer = await gateway.post(body);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ results: [{ error: expect.stringMatching(error) }] });
    expect(JSON.stringify(answer.body)).not.toContain('\\n');
    expect(await messagesIn(Streams.ToolCalls)).toBe(before);
  });

  it('answers several tool calls in their order, each on its own', async () => {
    const list = [
      { id: 'm1', function: { name: 'build_report', arguments: { region: 'east' } } },
      null,
      { id: 'm2', function: { name: 'nope', arguments: {} } },
      { id: 'm3', function: { name: 'build_report', arguments: '{"region":"west"}' } },
    ];
    const { body } = await gateway.post({ message: { type: 'tool-calls', call: { id: CALL_ID }, toolCallList: list } });
    const { results } = body as { results: { toolCallId: string; error?: string }[] };
    expect(results.map(({ toolCallId, error }) => [toolCallId, error === undefined])).toEqual([
      ['m1', true],
      ['m2', false],
      ['m3', true],
    ]);
    expect(await stored('m3')).toMatchObject({ arguments: { region: 'west' }, mode: 'async' });
  });

  it.each<[string, unknown, number]>([
    ['an unknown event type', { message: { type: 'brand.new', call: { id: CALL_ID } } }, 200],
    ['an ignored event type', { message: { type: 'chat.created' } }, 200],
    ['no message', { hello: 'world' }, 400],
    ['a message without a type', { message: {} }, 400],
    ['an array', [], 400],
  ])('answers %s', async (_, body, status) => {
    const before = (await messagesIn(Streams.ToolCalls)) + (await messagesIn(Streams.CallEvents));
    expect((await gateway.post(body)).status).toBe(status);
    expect((await messagesIn(Streams.ToolCalls)) + (await messagesIn(Streams.CallEvents))).toBe(before);
  });

  it('refuses what is not JSON, and a body over the limit, but reads one of nearly 10 MB', async () => {
    expect((await gateway.postRaw('{"message":')).status).toBe(400);
    expect((await gateway.postRaw('')).status).toBe(400);
    const big = (bytes: number): unknown => ({
      message: { type: 'conversation-update', call: { id: CALL_ID }, padding: 'x'.repeat(bytes) },
    });
    expect((await gateway.post(big(10 * 1024 * 1024 - 200))).status).toBe(200);
    expect((await gateway.post(big(10 * 1024 * 1024))).status).toBe(413);
    expect(await gateway.metrics()).toMatch(/interject_webhooks_total\{type="unread",status="413"\} 1/);
  }, 20_000);

  it.each<[string, string | undefined]>([
    ['no secret', undefined],
    ['an empty secret', ''],
    ['a wrong secret', 'wrong'],
    ['a very long secret', 'x'.repeat(5000)],
  ])('refuses %s before anything is published', async (_, secret) => {
    const before = await messagesIn(Streams.ToolCalls);
    const { status } = await gateway.post(
      toolCallsBody('stranger'),
      secret === undefined ? {} : { 'x-vapi-secret': secret },
    );
    expect(status).toBe(401);
    expect(await messagesIn(Streams.ToolCalls)).toBe(before);
  });

  it.each(['/v%61pi/webhook', '/vapi/web%68ook', '/vapi/webhook?a=b', '/vapi/webhook/', '//vapi/webhook'])(
    'does not take a webhook without the secret at %s either',
    async (path) => {
      const before = await messagesIn(Streams.ToolCalls);
      const { status } = await gateway.postTo(path, toolCallsBody('disguised'));
      expect([401, 404]).toContain(status);
      expect(await messagesIn(Streams.ToolCalls)).toBe(before);
    },
  );

  it('acknowledges what Vapi sends without saying of which call, and counts it', async () => {
    expect((await gateway.post({ message: { type: 'status-update', status: 'in-progress' } })).status).toBe(200);
    expect(await gateway.metrics()).toMatch(/interject_malformed_webhooks_total\{problem="no-call-id"\} 1/);
  });

  it('passes arguments on as they are, whatever their keys are called', async () => {
    const args = JSON.parse('{"region":"n","constructor":"Ferrari","toString":{"constructor":1}}') as object;
    await gateway.post(toolCallsBody('hostile_keys', { arguments: args }));
    expect(JSON.stringify((await stored('hostile_keys'))?.arguments)).toBe(JSON.stringify(args));
  });

  it('publishes status, end and speech', async () => {
    const call = { id: CALL_ID, monitor: { controlUrl: CONTROL_URL } };
    const at = 1_790_000_001_000;
    await gateway.post({
      message: { type: 'speech-update', status: 'started', role: 'user', turn: 1, timestamp: at, call },
    });
    await gateway.post({ message: { type: 'status-update', status: 'in-progress', timestamp: at, call } });
    await gateway.post({
      message: { type: 'status-update', status: 'ended', endedReason: 'customer-ended-call', timestamp: at, call },
    });
    await gateway.post({
      message: { type: 'end-of-call-report', endedReason: 'customer-ended-call', timestamp: at + 1300, call },
    });
    const { events } = kit.publisher;
    const floor = events.floor({ callId: CALL_ID, speaker: 'caller', change: 'started', at, receivedAt: at });
    const seen = await eventually(() => kit.reader.last(Streams.Floor, floor.subject));
    expect(JSON.parse(Buffer.from(seen.data).toString())).toMatchObject({
      speaker: 'caller',
      change: 'started',
      turn: 1,
      at,
    });
    const token = callToken(CALL_ID);
    const partition = Number(floor.subject.split('.')[1]);
    const ended = await kit.connection.manager.streams.getMessage(Streams.CallEvents, {
      last_by_subj: Subjects.callEvent(partition, token, 'ended'),
    });
    expect(JSON.parse(Buffer.from(ended.data).toString())).toEqual({
      callId: CALL_ID,
      endedReason: 'customer-ended-call',
      at,
    });
    expect(await kit.reader.last(Streams.CallEvents, Subjects.callEvent(partition, token, 'status'))).toBeDefined();
  });

  it('tells when Vapi would end the call, and which words of the assistant were seen, never the words', async () => {
    const call = { id: 'limited-call', assistantOverrides: { maxDurationSeconds: 900 } };
    const at = 1_790_000_002_000;
    const message = { call, timestamp: at, assistant: { silenceTimeoutSeconds: 30, maxDurationSeconds: 600 } };
    await gateway.post({ message: { ...message, type: 'status-update', status: 'in-progress' } });
    const text = 'Your report is ready.';
    await gateway.post({
      message: { ...message, type: 'assistant.speechStarted', text, turn: 2, source: 'force-say' },
    });
    const { events } = kit.publisher;
    const status = events.status({ callId: call.id, status: 'in-progress', at });
    const changed = await kit.reader.last(Streams.CallEvents, status.subject);
    expect(JSON.parse(Buffer.from(changed?.data ?? []).toString())).toEqual({
      callId: call.id,
      status: 'in-progress',
      at,
      limits: { silenceTimeoutMs: 30_000, maxDurationMs: 900_000 },
    });
    const floor = events.floor({ callId: call.id, speaker: 'assistant', change: 'said', at, receivedAt: at });
    const seen = await eventually(() => kit.reader.last(Streams.Floor, floor.subject));
    expect(JSON.parse(Buffer.from(seen.data).toString())).toEqual({
      callId: call.id,
      speaker: 'assistant',
      change: 'said',
      turn: 2,
      at,
      receivedAt: expect.any(Number),
      evidence: { source: 'force-say', words: speechFingerprint(text) },
    });
  });

  it('sends what may be said meanwhile with the tool call', async () => {
    const fillers = { texts: ['One moment.'], afterMs: 5000, everyMs: 10_000, max: 2 };
    const definition = aToolDefinition({ name: 'slow_tool', fillers });
    await kit.kv.bucket(Buckets.Tools).put('slow_tool', JSON.stringify(definition));
    const event = await eventually(async () => {
      await gateway.post(toolCallsBody('filled', { name: 'slow_tool' }));
      return stored('filled', 'slow_tool');
    });
    expect(event.fillers).toEqual(fillers);
    await kit.kv.bucket(Buckets.Tools).delete('slow_tool');
  });

  it('does not bring back the control URL of a call whose end another replica has taken', async () => {
    const replica = await startGateway(server.url);
    const callId = 'ended-elsewhere';
    const key = callToken(callId);
    const control = kit.kv.bucket(Buckets.Control);
    const controlUrl = CONTROL_URL.replace(CALL_ID, callId);
    const transcript = (url: string): unknown => ({
      message: { type: 'status-update', status: 'in-progress', call: { id: callId, monitor: { controlUrl: url } } },
    });
    await gateway.post(transcript(controlUrl));
    expect(await control.get(key)).toBeDefined();
    await replica.post({ message: { type: 'end-of-call-report', call: { id: callId } } });
    await control.purge(key);
    const moved = controlUrl.replace('production1', 'production2');
    for (const late of [replica, gateway]) {
      expect((await late.post(transcript(moved))).status).toBe(200);
      expect(await control.get(key)).toBeUndefined();
    }
    // One that has never heard of the call.
    const fresh = await startGateway(server.url);
    expect((await fresh.post(transcript(controlUrl))).status).toBe(200);
    expect(await control.get(key)).toBeUndefined();
    await fresh.stop();
    await replica.stop();
  });

  it('does not bring back the control URL of an ended call, and refuses a foreign one', async () => {
    await kit.kv.bucket(Buckets.Control).purge(callToken(CALL_ID));
    await gateway.post({
      message: { type: 'transcript', call: { id: CALL_ID, monitor: { controlUrl: CONTROL_URL } } },
    });
    const evil = { id: 'evil-call', monitor: { controlUrl: 'https://vapi.ai.evil.example/evil-call/control' } };
    await gateway.post({ message: { type: 'transcript', call: evil } });
    expect(await kit.kv.bucket(Buckets.Control).keys()).toEqual([]);
    expect(await gateway.metrics()).toMatch(/interject_control_urls_refused_total\{problem="host"\} 1/);
  });

  it('shows its tools to those who know the key, and learns of changes', async () => {
    expect((await gateway.get('/tools', 'wrong-key')).status).toBe(401);
    await kit.kv.bucket(Buckets.Tools).put('late_tool', JSON.stringify(aToolDefinition({ name: 'late_tool' })));
    await kit.kv.bucket(Buckets.Tools).put('broken', '{"name":"broken"}');
    const names = await eventually(async () => {
      const { tools } = (await gateway.get('/tools', gateway.apiKey)).body as { tools: { name: string }[] };
      return tools.length >= 2 ? tools.map(({ name }) => name) : undefined;
    });
    expect(names).toEqual(['build_report', 'late_tool']);
  });

  it('answers 503 within 2 s while NATS is away, and recovers by itself', async () => {
    await server.stop();
    const started = performance.now();
    const refused = await gateway.post(toolCallsBody('while_away'));
    expect(performance.now() - started).toBeLessThan(2000);
    expect(refused).toMatchObject({ status: 503, body: { code: expect.stringMatching(/disconnected|timeout/) } });
    await server.launch();
    const accepted = await eventually(async () => {
      const answer = await gateway.post(toolCallsBody('while_away'));
      return answer.status === 200 ? answer : undefined;
    });
    expect(accepted.body).toMatchObject({ results: [{ toolCallId: 'while_away', result: expect.any(String) }] });
    await eventually(() => stored('while_away'));
  }, 30_000);
});

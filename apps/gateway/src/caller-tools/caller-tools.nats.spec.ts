import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Buckets, partitionOf, Streams, Subjects, toolCallKey } from '@interject/contracts';
import type { CallQuestion, CancelClaim, CancelRequested } from '@interject/contracts';
import type { Responder } from '@interject/messaging';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { Log } from '@interject/observability';
import { aToolDefinition, eventually, NatsServer } from '@interject/testing';
import { startGateway } from '../testing/start-gateway.js';
import type { RunningGateway } from '../testing/start-gateway.js';
import { toolCallsWebhook } from '../testing/tool-calls-body.js';
import type { SpecToolCall } from '../testing/tool-calls-body.js';

interface Entry {
  readonly name: string;
  readonly toolCallId: string;
  readonly result?: string;
  readonly error?: string;
}

const PRIVATE_WORDS = 'The balance of Mr Smith is low.';

describe('the tools that the gateway answers itself', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let gateway: RunningGateway;
  let owner: Responder | undefined;
  let asked: CallQuestion[] = [];
  let logged = '';
  let count = 0;
  let callId = '';

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    const definition = aToolDefinition({ title: 'the sales report' });
    await kit.kv.bucket(Buckets.Tools).put('build_report', JSON.stringify(definition));
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        logged += chunk.toString();
        done();
      },
    });
    gateway = await startGateway(server.url, { log: Log.create({ service: 'spec', level: 'trace', destination }) });
  }, 20_000);
  beforeEach(() => {
    asked = [];
    callId = `call-${String((count += 1))}`;
  });
  afterEach(async () => {
    await owner?.stop();
    owner = undefined;
  });
  afterAll(async () => {
    await gateway.stop();
    await kit.close();
    await server.dispose();
  });

  async function own(toolCalls: readonly object[], utterances: readonly object[] = []): Promise<void> {
    await owner?.stop();
    const subject = Subjects.callsQuery(partitionOf(callId, kit.publisher.events.partitions));
    owner = await kit.core.respond(subject, (data) => {
      asked.push(JSON.parse(Buffer.from(data).toString()) as CallQuestion);
      return JSON.stringify({ found: true, callId, status: 'in-progress', floor: 'nobody', toolCalls, utterances });
    });
  }

  function toolCall(toolCallId: string, more: object = {}): object {
    const requestedAt = Date.now() - 42_000;
    return { toolCallId, tool: 'build_report', state: 'pending', requestedAt, ...more };
  }

  async function call(...toolCalls: SpecToolCall[]): Promise<Entry[]> {
    const sync = toolCalls.map((each) => ({ async: false, arguments: {}, ...each }));
    const { status, body } = await gateway.post(toolCallsWebhook(sync, callId));
    expect(status).toBe(200);
    return (body as { results: Entry[] }).results;
  }

  const list = async (id = 'list'): Promise<Entry | undefined> => (await call({ id, name: 'list_running_tasks' }))[0];
  const cancel = async (task: unknown, id = `cancel ${String(task)}`): Promise<Entry | undefined> =>
    (await call({ id, name: 'cancel_task', arguments: { task } }))[0];

  async function cancelled(toolCallId: string): Promise<CancelRequested | undefined> {
    const event = kit.publisher.events.cancelRequested({ callId, toolCallId, reason: 'x', at: 0 });
    const message = await kit.reader.last(Streams.CallEvents, event.subject);
    return message === undefined ? undefined : (JSON.parse(Buffer.from(message.data).toString()) as CancelRequested);
  }

  it('list what runs, in the words of the tools, and store nothing', async () => {
    const before = (await kit.connection.manager.streams.info(Streams.ToolCalls)).state.messages;
    await own(
      [
        toolCall('a', { progress: PRIVATE_WORDS }),
        toolCall('b', { tool: 'order_status', state: 'succeeded', finishedAt: 1 }),
      ],
      [{ utteranceId: 'u', source: 'result', toolCallId: 'b', state: 'held' }],
    );
    expect(await list()).toEqual({
      name: 'list_running_tasks',
      toolCallId: 'list',
      result: expect.stringMatching(
        /^2 tasks\. 1: the sales report, running for 4[23] s, last report: "The balance of Mr Smith is low\."; 2: order status, done/,
      ),
    });
    expect(asked).toEqual([{ callId, withProgress: true }]);
    expect((await kit.connection.manager.streams.info(Streams.ToolCalls)).state.messages).toBe(before);
    expect(logged).not.toContain('Smith');
  });

  it('stop a task by number or name; the numbers hold although one has ended meanwhile', async () => {
    await own([toolCall('a'), toolCall('b', { tool: 'order_status' }), toolCall('c', { tool: 'refund' })]);
    expect((await list())?.result).toContain('3: refund');
    await own([
      toolCall('a', { state: 'succeeded' }),
      toolCall('b', { tool: 'order_status' }),
      toolCall('c', { tool: 'refund' }),
    ]);
    expect(await cancel('3')).toMatchObject({ result: expect.stringMatching(/^Told to stop: 3: refund\./) });
    expect(await cancelled('c')).toMatchObject({ callId, toolCallId: 'c', reason: expect.stringMatching(/caller/) });
    expect(await cancel('Order-Status')).toMatchObject({ result: expect.stringContaining('2: order status') });
    expect(await cancelled('b')).toBeDefined();
    expect(await cancelled('a')).toBeUndefined();
  });

  it('stop all, and answer a repeat alike without acting again', async () => {
    await own([toolCall('a'), toolCall('b'), toolCall('c', { cancelRequestedAt: 1 })]);
    const first = await cancel('all', 'same');
    expect(first?.result).toMatch(/^Told to stop: 1: the sales report; 2: the sales report\./);
    expect(await cancelled('a')).toBeDefined();
    expect(await cancelled('b')).toBeDefined();
    await own([toolCall('a', { state: 'cancelled' }), toolCall('later')]);
    expect(await cancel('all', 'same')).toEqual(first);
    expect(await cancelled('later')).toBeUndefined();
  });

  describe('with a second gateway', () => {
    let other: RunningGateway;
    beforeAll(async () => {
      other = await startGateway(server.url);
    }, 20_000);
    afterAll(async () => {
      await other.stop();
    });

    const repeat = async (task: unknown, id: string): Promise<Entry | undefined> => {
      const { body } = await other.post(
        toolCallsWebhook([{ id, name: 'cancel_task', arguments: { task }, async: false }], callId),
      );
      return (body as { results: Entry[] }).results[0];
    };

    it.each(['', 'all', '1'])('a repeat there is answered alike and stops nothing else: %j', async (task) => {
      await own([toolCall('a')]);
      const first = await cancel(task, 'same');
      expect(first?.result).toMatch(/^Told to stop: 1: the sales report\./);
      await own([toolCall('b')]);
      expect(await repeat(task, 'same')).toEqual(first);
      expect(await cancelled('b')).toBeUndefined();
      expect(await other.metrics()).toContain(
        'interject_caller_tools_total{tool="cancel_task",mode="sync",outcome="repeated"}',
      );
    });

    it('a repeat of what was refused stops nothing either', async () => {
      await own([]);
      const first = await cancel('', 'same');
      expect(first?.result).toMatch(/nothing to stop/);
      await own([toolCall('b')]);
      expect(await repeat('', 'same')).toEqual(first);
      expect(await cancelled('b')).toBeUndefined();
    });

    it('a repeat there stops what the first gateway had chosen and not stopped, without an owner to ask', async () => {
      const claim: CancelClaim = { toolCallIds: ['x', 'y'], as: 'result', text: 'Told to stop: 1: x; 2: y.' };
      await kit.kv.bucket(Buckets.Ledger).put(toolCallKey(callId, 'same'), JSON.stringify(claim));
      expect(await repeat('all', 'same')).toMatchObject({ result: claim.text });
      expect(await cancelled('x')).toBeDefined();
      expect(await cancelled('y')).toBeDefined();
    });

    it('of two at once one decides', async () => {
      await own([toolCall('a'), toolCall('b')]);
      const answers = await Promise.all(['1', '2', '1', '2'].map((task) => repeat(task, 'same')));
      const mine = await cancel('1', 'same');
      for (const answer of answers) expect(answer).toEqual(mine);
      expect([await cancelled('a'), await cancelled('b')].filter((event) => event !== undefined)).toHaveLength(1);
    });

    it('stops while the ledger is full, and says so to the operator', async () => {
      await own([toolCall('a')]);
      const { streams } = kit.connection.manager;
      const { config, state } = await streams.info('KV_ledger');
      await streams.update('KV_ledger', { ...config, max_bytes: state.bytes });
      try {
        expect((await cancel('', 'full'))?.result).toMatch(/^Told to stop: 1/);
      } finally {
        await streams.update('KV_ledger', config);
      }
      expect(await cancelled('a')).toBeDefined();
      expect(await gateway.metrics()).toContain('interject_unclaimed_total{use="cancel"} 1');
      expect(logged).toContain('the ledger is full');
    });
  });

  it.each<[string, object[], unknown, RegExp]>([
    ['what is ambiguous', [{}, {}], '', /more than one task/],
    ['what is not known', [{}], 'holiday', /no such task/],
    ['arguments that are none', [{}], { number: 1 }, /must be the number or the name/],
  ])('refuse %s, and stop nothing', async (_, more, task, error) => {
    await own(more.map((each, index) => toolCall(String(index), each)));
    const answer = await cancel(task);
    expect(answer).toMatchObject({ error: expect.stringMatching(error) });
    expect(answer).not.toHaveProperty('result');
    expect(await cancelled('0')).toBeUndefined();
  });

  it('do not touch what is done: it is announced all the same', async () => {
    await own(
      [toolCall('a', { state: 'succeeded' })],
      [{ utteranceId: 'u', source: 'result', toolCallId: 'a', state: 'queued' }],
    );
    expect((await cancel('1'))?.result).toMatch(/cannot be stopped any more: its result is about to be announced/);
    expect((await cancel('', 'other'))?.result).toMatch(/about to be announced/);
    expect(await cancelled('a')).toBeUndefined();
  });

  it('take a number for a number, and none for the only one', async () => {
    await own([toolCall('a'), toolCall('b', { state: 'cancelled' })]);
    expect((await cancel(2))?.result).toMatch(/was cancelled already/);
    const [answer] = await call({ id: 'without', name: 'cancel_task' });
    expect(answer?.result).toMatch(/^Told to stop: 1/);
  });

  it('say what to do while nobody serves the call, and answer again when somebody does', async () => {
    const answer = await list();
    expect(answer).toMatchObject({ error: expect.stringMatching(/cannot be done at the moment.*again/) });
    expect(await cancel('1')).toMatchObject({ error: expect.any(String) });
    await own([]);
    expect((await list())?.result).toMatch(/^Nothing is running/);
  });

  it('say that a chat has no tasks', async () => {
    const { body } = await gateway.post({
      message: {
        type: 'tool-calls',
        chat: { id: 'chat_1' },
        toolCallList: [{ id: 'chat', name: 'list_running_tasks', arguments: {} }],
      },
    });
    expect(body).toMatchObject({ results: [{ toolCallId: 'chat', error: expect.stringMatching(/no live call/) }] });
  });

  it('are answered in their place among others', async () => {
    await own([]);
    const answers = await call(
      { id: 'x', name: 'no_such_tool' },
      { id: 'y', name: 'list_running_tasks' },
      { id: 'z', name: 'build_report', async: true, arguments: { region: 'north' } },
    );
    expect(answers.map(({ toolCallId }) => toolCallId)).toEqual(['x', 'y', 'z']);
    expect(answers[1]?.result).toMatch(/^Nothing is running/);
  });

  it('are answered although they are async in Vapi; that is logged once, and counted', async () => {
    await own([]);
    for (const id of ['async 1', 'async 2']) {
      const [answer] = await call({ id, name: 'list_running_tasks', async: true });
      expect(answer?.result).toMatch(/^Nothing is running/);
    }
    expect(logged.match(/make it sync/g)).toHaveLength(1);
    const metrics = await gateway.metrics();
    expect(metrics).toContain('interject_caller_tools_total{tool="list_running_tasks",mode="async",outcome="listed"}');
    expect(metrics).toContain('interject_caller_tools_total{tool="cancel_task",mode="sync",outcome="told-to-stop"}');
    expect(metrics).not.toMatch(/interject_tool_calls_total\{tool="(list|cancel)_/);
  });

  it('stop nothing while NATS is away, and say so', async () => {
    await own([toolCall('a')]);
    // Its control URL is stored by then, or the whole webhook would be refused (503).
    await list();
    await server.stop();
    expect(await cancel('1', 'away')).toMatchObject({ error: expect.stringMatching(/cannot be done at the moment/) });
    await server.launch();
    await eventually(() => kit.connection.isConnected);
    expect(await cancelled('a')).toBeUndefined();
    await eventually(async () => (await cancel('1', 'away'))?.result?.startsWith('Told to stop') === true, {
      timeoutMs: 10_000,
    });
  }, 30_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets, DUPLICATE_DEFAULTS, duplicateKey, Streams, Subjects } from '@interject/contracts';
import type { ToolCallFinished } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { SystemClock } from '@interject/observability';
import { aResult, aToolDefinition, eventually, NatsServer } from '@interject/testing';
import { startGateway } from '../testing/start-gateway.js';
import type { RunningGateway } from '../testing/start-gateway.js';
import { toolCallsWebhook } from '../testing/tool-calls-body.js';
import type { SpecToolCall } from '../testing/tool-calls-body.js';
import { startWorkerLife } from '../testing/worker-life.js';
import type { WorkerLife } from '../testing/worker-life.js';

/** Guarded by its arguments; by itself, while it runs; not at all. */
const BOOK = 'book_table';
const REFRESH = 'refresh';
const FREE = 'build_report';

/** A machine's clock that is wrong, and spans that pass at once. */
class OddClock extends SystemClock {
  wallAheadMs = 0;
  passedMs = 0;
  /** The process stands still for as long, once, while a step at NATS is under way. */
  suspendForMs = 0;

  override now(): number {
    return super.now() + this.wallAheadMs;
  }

  override monotonic(): number {
    return super.monotonic() + this.passedMs;
  }

  override setTimeout(run: () => void, delayMs: number): unknown {
    if (this.suspendForMs > 0 && delayMs > 1000 && delayMs < 2000) {
      this.passedMs += this.suspendForMs;
      this.suspendForMs = 0;
    }
    return super.setTimeout(run, delayMs);
  }
}

interface Entry {
  readonly toolCallId: string;
  readonly result?: string;
  readonly error?: string;
}

describe('duplicate tool calls', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let gateways: readonly [RunningGateway, RunningGateway];
  let life: WorkerLife;
  const clock = new OddClock();
  let calls = 0;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    const definitions = [
      aToolDefinition({ name: BOOK, duplicates: DUPLICATE_DEFAULTS }),
      aToolDefinition({ name: REFRESH, duplicates: { by: 'tool', afterSuccessMs: 0 } }),
      aToolDefinition({ name: FREE }),
    ];
    for (const definition of definitions) {
      await kit.kv.bucket(Buckets.Tools).put(definition.name, JSON.stringify(definition));
    }
    life = await startWorkerLife(kit, [BOOK, REFRESH, FREE]);
    gateways = [await startGateway(server.url, { clock }), await startGateway(server.url, { clock })];
  }, 20_000);
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
    life.stop();
    await kit.close();
    await server.dispose();
  });

  function aCall(): string {
    calls += 1;
    return `call-${String(calls)}`;
  }

  async function post(callId: string, toolCalls: readonly SpecToolCall[], gateway = gateways[0]): Promise<Entry[]> {
    const { status, body } = await gateway.post(toolCallsWebhook(toolCalls, callId));
    expect(status).toBe(200);
    return (body as { results: Entry[] }).results;
  }

  /** The answer, without what it says of times. */
  async function ask(callId: string, toolCall: SpecToolCall, gateway = gateways[0]): Promise<string> {
    const [entry] = await post(callId, [toolCall], gateway);
    return entry?.result ?? `error: ${entry?.error ?? ''}`;
  }

  async function stored(tool: string): Promise<number> {
    const { manager } = kit.connection;
    const filter = Subjects.toolCallsOfTool(tool);
    return Object.keys(
      (await manager.streams.info(Streams.ToolCalls, { subjects_filter: filter })).state.subjects ?? {},
    ).length;
  }

  async function finish(callId: string, toolCallId: string, over: Partial<ToolCallFinished> = {}): Promise<void> {
    const at = Date.now();
    const result = aResult({ callId, toolCallId, tool: BOOK, text: 'A table for two.', requestedAt: at, at, ...over });
    await kit.publisher.publish(kit.publisher.events.result(result));
  }

  async function claim(callId: string, toolCallId: string): Promise<void> {
    const value = JSON.stringify({ toolCallId, at: Date.now() });
    await kit.kv.bucket(Buckets.Ledger).put(duplicateKey(callId, BOOK, { region: 'north' }), value);
  }

  async function claimant(callId: string): Promise<unknown> {
    const entry = await kit.kv.bucket(Buckets.Ledger).get(duplicateKey(callId, BOOK, { region: 'north' }));
    if (entry === undefined) return undefined;
    return (JSON.parse(Buffer.from(entry.value).toString()) as { toolCallId: unknown }).toolCallId;
  }

  const ACCEPTED = /^Accepted, still running/;
  const RUNNING = /^Already asked for in this call and still running: .* do not call the tool again\.$/;
  const DONE = /^Already done in this call: .* The result was: A table for two\.$/;

  it('runs one of many that come to two gateways at once', async () => {
    const callId = aCall();
    const before = await stored(BOOK);
    const ids = Array.from({ length: 20 }, (_, index) => `race-${String(index)}`);
    const answers = await Promise.all(
      ids.map((id, index) => ask(callId, { id, name: BOOK }, index % 2 === 0 ? gateways[0] : gateways[1])),
    );
    expect(answers.filter((answer) => ACCEPTED.test(answer))).toHaveLength(1);
    expect(answers.filter((answer) => RUNNING.test(answer))).toHaveLength(19);
    expect(await stored(BOOK)).toBe(before + 1);
    const texts = await Promise.all(gateways.map((gateway) => gateway.metrics()));
    const refused = texts.map((text) =>
      Number(/interject_tool_calls_total\{tool="book_table",disposition="duplicate"\} (\d+)/.exec(text)?.[1]),
    );
    expect((refused[0] ?? 0) + (refused[1] ?? 0)).toBe(19);
  });

  it('compares arguments by value, and per call', async () => {
    const callId = aCall();
    const args = { region: 'north', more: { a: 1, b: [1, 2] } };
    expect(await ask(callId, { id: 'one', name: BOOK, arguments: args })).toMatch(ACCEPTED);
    const same = '{"more":{"b":[1,2],"a":1},"region":"north"}';
    expect(await ask(callId, { id: 'two', name: BOOK, arguments: same }, gateways[1])).toMatch(RUNNING);
    const other = { ...args, more: { a: 1, b: [2, 1] } };
    expect(await ask(callId, { id: 'three', name: BOOK, arguments: other })).toMatch(ACCEPTED);
    expect(await ask(aCall(), { id: 'two', name: BOOK, arguments: args })).toMatch(ACCEPTED);
  });

  it('answers a repeated webhook as before, wherever it comes', async () => {
    const callId = aCall();
    const before = await stored(BOOK);
    const first = await ask(callId, { id: 'one', name: BOOK });
    expect(await ask(callId, { id: 'one', name: BOOK }, gateways[1])).toBe(first);
    await finish(callId, 'one', { outcome: 'failed' });
    // The way is clear for another one; the first is a repeat still.
    expect(await ask(callId, { id: 'two', name: BOOK }, gateways[1])).toMatch(ACCEPTED);
    expect(await ask(callId, { id: 'one', name: BOOK })).toBe(first);
    expect(await ask(callId, { id: 'three', name: BOOK })).toMatch(RUNNING);
    expect(await stored(BOOK)).toBe(before + 2);
  });

  it('tells the result of one that is done, for as long as its policy says', async () => {
    const callId = aCall();
    await ask(callId, { id: 'one', name: BOOK });
    await finish(callId, 'one');
    expect(await ask(callId, { id: 'two', name: BOOK }, gateways[1])).toMatch(DONE);
    const past = aCall();
    await ask(past, { id: 'one', name: BOOK });
    await finish(past, 'one', { at: Date.now() - DUPLICATE_DEFAULTS.afterSuccessMs - 60_000 });
    expect(await ask(past, { id: 'two', name: BOOK })).toMatch(ACCEPTED);
  });

  it.each(['failed', 'timed-out', 'cancelled', 'expired'] as const)(
    'runs it again after one that %s',
    async (outcome) => {
      const callId = aCall();
      await ask(callId, { id: 'one', name: BOOK });
      await finish(callId, 'one', { outcome });
      expect(await ask(callId, { id: 'two', name: BOOK })).toMatch(ACCEPTED);
    },
  );

  it('runs what is wanted again after it was told to stop, though its worker is dead', async () => {
    const callId = aCall();
    await ask(callId, { id: 'one', name: BOOK });
    const { events } = kit.publisher;
    const wish = { callId, toolCallId: 'one', reason: 'The caller asked for it.', at: Date.now() };
    await kit.publisher.publish(events.cancelRequested(wish));
    expect(await ask(callId, { id: 'two', name: BOOK }, gateways[1])).toMatch(ACCEPTED);
    // The new one stands in the way, and so does a success of the one that did not stop in time, in a call of its own.
    expect(await ask(callId, { id: 'three', name: BOOK })).toMatch(RUNNING);
    const late = aCall();
    await ask(late, { id: 'one', name: BOOK });
    await kit.publisher.publish(events.cancelRequested({ ...wish, callId: late }));
    await finish(late, 'one');
    expect(await ask(late, { id: 'two', name: BOOK }, gateways[1])).toMatch(DONE);
  });

  it('goes on unguarded while the ledger is full, counts that, and heeds the claims that are there', async () => {
    const held = aCall();
    expect(await ask(held, { id: 'one', name: BOOK })).toMatch(ACCEPTED);
    const { streams } = kit.connection.manager;
    const { config, state } = await streams.info('KV_ledger');
    await streams.update('KV_ledger', { ...config, max_bytes: state.bytes });
    try {
      expect(await ask(aCall(), { id: 'one', name: BOOK })).toMatch(ACCEPTED);
      expect(await ask(held, { id: 'two', name: BOOK }, gateways[1])).toMatch(RUNNING);
      expect(await ask(held, { id: 'one', name: BOOK }, gateways[1])).toMatch(ACCEPTED);
      await finish(held, 'one', { outcome: 'failed' });
      expect(await ask(held, { id: 'three', name: BOOK })).toMatch(ACCEPTED);
      expect(await gateways[0].metrics()).toMatch(/interject_unclaimed_total\{use="duplicates"\} [12]/);
    } finally {
      await streams.update('KV_ledger', config);
    }
  });

  it('guards a tool whatever its arguments are, only while it runs if so wanted', async () => {
    const callId = aCall();
    expect(await ask(callId, { id: 'one', name: REFRESH })).toMatch(ACCEPTED);
    const two = { id: 'two', name: REFRESH, arguments: { region: 'south' } };
    expect(await ask(callId, two, gateways[1])).toMatch(RUNNING);
    await finish(callId, 'one', { tool: REFRESH });
    expect(await ask(callId, two)).toMatch(ACCEPTED);
  });

  it('lets the first of two equal ones in one webhook go', async () => {
    const callId = aCall();
    const answers = await post(callId, [
      { id: 'one', name: BOOK },
      { id: 'free', name: FREE },
      { id: 'two', name: BOOK },
      { id: 'three', name: BOOK, arguments: { region: 'south' } },
    ]);
    expect(answers.map(({ result }) => (result !== undefined && ACCEPTED.test(result) ? 'accepted' : result))).toEqual([
      'accepted',
      'accepted',
      expect.stringMatching(RUNNING),
      'accepted',
    ]);
  });

  it('takes over what a gateway left that died before it published, by one of many', async () => {
    const callId = aCall();
    const before = await stored(BOOK);
    await claim(callId, 'lost');
    clock.wallAheadMs = 3_600_000;
    expect(await ask(callId, { id: 'early', name: BOOK })).toMatch(RUNNING);
    clock.wallAheadMs = 0;
    clock.passedMs += 5000;
    expect(await ask(callId, { id: 'not yet', name: BOOK })).toMatch(RUNNING);
    // Heartbeats of another age: an estimate may be some seconds behind, never ahead.
    clock.passedMs += 10_000;
    const ids = Array.from({ length: 10 }, (_, index) => `take-over-${String(index)}`);
    const answers = await Promise.all(
      ids.map((id, index) => ask(callId, { id, name: BOOK }, index % 2 === 0 ? gateways[0] : gateways[1])),
    );
    expect(answers.filter((answer) => ACCEPTED.test(answer))).toHaveLength(1);
    expect(answers.filter((answer) => RUNNING.test(answer))).toHaveLength(9);
    expect(await stored(BOOK)).toBe(before + 1);
  });

  it('lets the same one pass whose publish failed, and mends a claim that cannot be read', async () => {
    const callId = aCall();
    await claim(callId, 'refused');
    expect(await ask(callId, { id: 'refused', name: BOOK })).toMatch(ACCEPTED);
    const broken = aCall();
    await kit.kv.bucket(Buckets.Ledger).put(duplicateKey(broken, BOOK, { region: 'north' }), '{');
    expect(await ask(broken, { id: 'one', name: BOOK })).toMatch(ACCEPTED);
    expect(await ask(broken, { id: 'two', name: BOOK })).toMatch(RUNNING);
  });

  it('takes one that was answered inline for done', async () => {
    const callId = aCall();
    const sync = { name: BOOK, async: false };
    const inline = ask(callId, { id: 'one', ...sync });
    await eventually(async () => {
      const { events } = kit.publisher;
      const address = { callId, toolCallId: 'one', tool: BOOK } as Parameters<typeof events.toolCall>[0];
      return kit.reader.last(Streams.ToolCalls, events.toolCall(address).subject);
    });
    await finish(callId, 'one');
    expect(await inline).toBe('A table for two.');
    expect(await ask(callId, { id: 'two', ...sync }, gateways[1])).toMatch(DONE);
  });

  it('leaves nothing of tools without the policy', async () => {
    const callId = aCall();
    const before = await kit.kv.bucket(Buckets.Ledger).keys();
    for (const id of ['one', 'two']) expect(await ask(callId, { id, name: FREE })).toMatch(ACCEPTED);
    expect(await kit.kv.bucket(Buckets.Ledger).keys()).toEqual(before);
  });

  it('does not publish what it claimed before it stood still: somebody else may hold the claim by then', async () => {
    const callId = aCall();
    // Its control URL is known from here on.
    await ask(callId, { id: 'first', name: FREE });
    const before = await stored(BOOK);
    clock.suspendForMs = 11_000;
    const body = toolCallsWebhook([{ id: 'one', name: BOOK }], callId);
    expect(await gateways[0].post(body)).toMatchObject({ status: 503, body: { code: 'timeout' } });
    expect(clock.suspendForMs).toBe(0);
    await eventually(async () => (await claimant(callId)) === 'one');
    expect(await stored(BOOK)).toBe(before);
    // 11 s are more than the patience with a claim whose tool call is not there.
    expect(await ask(callId, { id: 'two', name: BOOK }, gateways[1])).toMatch(ACCEPTED);
    expect(await ask(callId, { id: 'one', name: BOOK })).toMatch(RUNNING);
    expect(await stored(BOOK)).toBe(before + 1);
  });

  it('answers 503 while NATS is away, and the repeat passes', async () => {
    const callId = aCall();
    await server.stop();
    const away = toolCallsWebhook([{ id: 'one', name: BOOK }], callId);
    expect((await gateways[0].post(away)).status).toBe(503);
    await server.launch();
    await eventually(async () => (await gateways[0].post(away)).status === 200);
    expect(await ask(callId, { id: 'one', name: BOOK })).toMatch(ACCEPTED);
    await eventually(async () => (await gateways[1].post(toolCallsWebhook([{ id: 'x' }], aCall()))).status === 200);
    expect(await ask(callId, { id: 'two', name: BOOK }, gateways[1])).toMatch(RUNNING);
  }, 30_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets, Streams, toolCallKey } from '@interject/contracts';
import type { LedgerClaim, ToolCallRequested } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { aResult, aToolCall, aToolDefinition, eventually, NatsServer } from '@interject/testing';
import { startGateway } from '../testing/start-gateway.js';
import type { RunningGateway } from '../testing/start-gateway.js';
import { SPEC_CALL_ID, toolCallsWebhook } from '../testing/tool-calls-body.js';
import { startWorkerLife } from '../testing/worker-life.js';
import type { WorkerLife } from '../testing/worker-life.js';

/** Long enough that no deadline disturbs a test which is not about it. */
const PATIENT_MS = 12_000;
const TOOLS = { patient: PATIENT_MS, quick: 400, hasty: 60, graceless: 0 } as const;

/** Answers are held until the gate opens. */
class FlushGate {
  isShut = false;
  held = 0;
  private open: () => void = () => undefined;
  private opened: Promise<void> = Promise.resolve();

  shut(): void {
    this.isShut = true;
    this.held = 0;
    this.opened = new Promise((resolve) => (this.open = resolve));
  }

  release(): void {
    this.isShut = false;
    this.open();
  }

  readonly pass = async (): Promise<void> => {
    if (!this.isShut) return;
    this.held += 1;
    await this.opened;
  };
}

describe('the grace window of sync tools', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let gateway: RunningGateway;
  let replica: RunningGateway;
  let life: WorkerLife;
  const gate = new FlushGate();
  let count = 0;
  const newId = (): string => `grace_${String((count += 1))}`;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    for (const [name, graceMs] of Object.entries(TOOLS)) {
      const definition = aToolDefinition({ name, graceMs, sayOnFailure: 'The order system\nis away.' });
      await kit.kv.bucket(Buckets.Tools).put(name, JSON.stringify(definition));
    }
    life = await startWorkerLife(kit, Object.keys(TOOLS));
    gateway = await startGateway(server.url, { beforeFlush: gate.pass });
    replica = await startGateway(server.url);
  }, 20_000);
  afterAll(async () => {
    gate.release();
    await gateway.stop();
    await replica.stop();
    life.stop();
    await kit.close();
    await server.dispose();
  });

  const webhook = (id: string, name: keyof typeof TOOLS = 'patient'): unknown =>
    toolCallsWebhook([{ id, name, async: false }]);
  const answerTo = ({ body }: { body: unknown }): Record<string, string> | undefined =>
    (body as { results: Record<string, string>[] }).results[0];
  const PENDING = { result: expect.stringMatching(/no result yet: do not guess/) };

  async function stored(id: string, tool: keyof typeof TOOLS = 'patient'): Promise<ToolCallRequested> {
    const { subject } = kit.publisher.events.toolCall(aToolCall({ callId: SPEC_CALL_ID, toolCallId: id, tool }));
    const message = await eventually(() => kit.reader.last(Streams.ToolCalls, subject), { intervalMs: 5 });
    return JSON.parse(Buffer.from(message.data).toString()) as ToolCallRequested;
  }

  async function finish(id: string, over: object = {}): Promise<void> {
    const result = aResult({ callId: SPEC_CALL_ID, toolCallId: id, tool: 'patient', text: `The result\nof ${id}.` });
    await kit.publisher.publish(kit.publisher.events.result({ ...result, ...over }));
  }
  const said = (id: string): string => `The result of ${id}.`;

  async function claimOf(id: string): Promise<LedgerClaim | undefined> {
    const entry = await kit.kv.bucket(Buckets.Ledger).get(toolCallKey(SPEC_CALL_ID, id));
    return entry === undefined ? undefined : (JSON.parse(Buffer.from(entry.value).toString()) as LedgerClaim);
  }

  /** As the notifier does it (apps/notifier/src/delivery/call-memory.ts). */
  const claimAsNotifier = (id: string): Promise<number> =>
    kit.kv.bucket(Buckets.Ledger).create(toolCallKey(SPEC_CALL_ID, id), '{"claim":"spoken"}');

  async function outcomes(of: RunningGateway): Promise<Record<string, number>> {
    const lines = (await of.metrics()).matchAll(/interject_grace_window_total\{tool="\w+",outcome="(\w+)"\} (\d+)/g);
    const sums: Record<string, number> = {};
    for (const [, outcome = '', value] of lines) sums[outcome] = (sums[outcome] ?? 0) + Number(value);
    return sums;
  }

  it('answers with a result that comes in time, claimed before the answer', async () => {
    const id = newId();
    const answered = gateway.post(webhook(id));
    expect(await stored(id)).toMatchObject({ mode: 'sync', graceMs: PATIENT_MS });
    await finish(id);
    const answer = await answered;
    expect(answer.status).toBe(200);
    expect(answerTo(answer)).toEqual({ name: 'patient', toolCallId: id, result: said(id) });
    expect(await claimOf(id)).toMatchObject({ claim: 'inline', text: said(id), as: 'result' });
    await eventually(async () => (await outcomes(gateway))['inline'] === 1);
  });

  it.each<[string, object, Record<string, string>]>([
    ['a failure', { outcome: 'failed', text: 'It broke\r\n down.' }, { error: 'It broke down.' }],
    ['a time-out without words', { outcome: 'timed-out', text: undefined }, { error: 'The order system is away.' }],
    [
      'data without words',
      { text: undefined, data: { left: 3, note: 'a\nb' } },
      { result: '{"left":3,"note":"a\\nb"}' },
    ],
    ['neither', { text: undefined }, { result: 'Done. There is nothing to add.' }],
    ['data too large', { text: undefined, data: 'x'.repeat(20_000) }, { result: 'Done. There is nothing to add.' }],
  ])('answers with %s on one line', async (_, over, expected) => {
    const id = newId();
    const answered = gateway.post(webhook(id));
    await stored(id);
    await finish(id, over);
    expect(answerTo(await answered)).toEqual({ name: 'patient', toolCallId: id, ...expected });
  });

  it('answers "pending" at the deadline, claimed for speech before the answer, and leaves a late result alone', async () => {
    const id = newId();
    const started = performance.now();
    const answer = await gateway.post(webhook(id, 'quick'));
    expect(performance.now() - started).toBeGreaterThanOrEqual(TOOLS.quick - 5);
    expect(await claimOf(id)).toEqual({ claim: 'spoken' });
    expect(answerTo(answer)).toMatchObject(PENDING);
    await finish(id, { tool: 'quick' });
    expect(answerTo(await replica.post(webhook(id, 'quick')))).toMatchObject(PENDING);
    expect(await claimOf(id)).toEqual({ claim: 'spoken' });
  });

  it('waits for no tool that has no grace, and claims nothing', async () => {
    const id = newId();
    expect(answerTo(await gateway.post(webhook(id, 'graceless')))).toMatchObject(PENDING);
    expect(await claimOf(id)).toBeUndefined();
  });

  it('agrees with the ledger however close result and deadline are', async () => {
    const ids = Array.from({ length: 40 }, newId);
    const calls = ids.map((id) => ({ id, name: 'hasty', async: false }));
    const answered = gateway.post(toolCallsWebhook(calls));
    const started = performance.now();
    await Promise.all(
      ids.map(async (id, index) => {
        // From 30 ms before the deadline to 30 ms after it.
        const at = TOOLS.hasty - 30 + index * 1.5;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - (performance.now() - started))));
        await finish(id, { tool: 'hasty' });
      }),
    );
    const { results } = (await answered).body as { results: { result: string }[] };
    const claims = await Promise.all(ids.map(claimOf));
    expect(claims.every((claim) => claim !== undefined)).toBe(true);
    expect(results.map(({ result }, index) => result === said(ids[index] ?? ''))).toEqual(
      claims.map((claim) => claim?.claim === 'inline'),
    );
  });

  it('answers "pending" when the notifier has claimed the result first', async () => {
    const id = newId();
    const answered = gateway.post(webhook(id));
    await stored(id);
    await claimAsNotifier(id);
    await finish(id);
    expect(answerTo(await answered)).toMatchObject(PENDING);
    expect(await claimOf(id)).toEqual({ claim: 'spoken' });
  });

  it('claims for speech as soon as the sender hangs up while it waits', async () => {
    const id = newId();
    const request = gateway.postAndHangUp(webhook(id));
    await stored(id);
    request.hangUp();
    expect(await eventually(() => claimOf(id))).toEqual({ claim: 'spoken' });
    await eventually(async () => (await outcomes(gateway))['abandoned'] === 1);
    expect(await request.status).toBe('hung up');
    await finish(id);
    expect(answerTo(await replica.post(webhook(id)))).toMatchObject(PENDING);
  });

  it('withdraws its claim when the sender hangs up between claim and flush', async () => {
    const id = newId();
    gate.shut();
    const request = gateway.postAndHangUp(webhook(id));
    await stored(id);
    await finish(id);
    await eventually(() => gate.held === 1);
    expect(await claimOf(id)).toMatchObject({ claim: 'inline' });
    request.hangUp();
    await eventually(async () => (await claimOf(id))?.claim === 'spoken');
    gate.release();
    expect(answerTo(await replica.post(webhook(id)))).toMatchObject(PENDING);
    await expect(claimAsNotifier(id)).rejects.toMatchObject({ code: 'key-exists' });
  });

  it('leaves an inline claim behind when it is killed between claim and flush; a repeat elsewhere is answered from it', async () => {
    const id = newId();
    gate.shut();
    const dying = gateway.post(webhook(id));
    await stored(id);
    await finish(id);
    await eventually(() => gate.held === 1);
    // The documented window: nobody is left to write the answer or to withdraw the claim. Without a repeat it is lost.
    expect(await claimOf(id)).toMatchObject({ claim: 'inline', text: said(id) });
    expect(answerTo(await replica.post(webhook(id)))).toMatchObject({ result: said(id) });
    gate.release();
    await dying;
  });

  it('does not withdraw what a repeat was answered with meanwhile', async () => {
    const id = newId();
    gate.shut();
    const request = gateway.postAndHangUp(webhook(id));
    await stored(id);
    await finish(id);
    await eventually(() => gate.held === 1);
    const abandonedBefore = (await outcomes(gateway))['abandoned'] ?? 0;
    expect(answerTo(await replica.post(webhook(id)))).toMatchObject({ result: said(id) });
    request.hangUp();
    await eventually(async () => (await outcomes(gateway))['abandoned'] === abandonedBefore + 1);
    gate.release();
    await gateway.stop();
    expect(await claimOf(id)).toMatchObject({ claim: 'inline' });
    gateway = await startGateway(server.url, { beforeFlush: gate.pass });
  });

  it('takes nothing back that was answered when a repeat of the webhook, answered alike, hangs up', async () => {
    const id = newId();
    const first = gateway.post(webhook(id));
    await stored(id);
    await finish(id);
    expect(answerTo(await first)).toMatchObject({ result: said(id) });
    const { delivered, ...unmarked } = await eventually(async () => {
      const claim = await claimOf(id);
      return claim?.delivered === true ? claim : undefined;
    });
    expect(delivered).toBe(true);
    // As if the mark were still on its way: the repeat takes the claim over.
    await kit.kv.bucket(Buckets.Ledger).put(toolCallKey(SPEC_CALL_ID, id), JSON.stringify(unmarked));
    gate.shut();
    const repeat = gateway.postAndHangUp(webhook(id));
    await eventually(() => gate.held === 1);
    const abandonedBefore = (await outcomes(gateway))['abandoned'] ?? 0;
    repeat.hangUp();
    await eventually(async () => (await outcomes(gateway))['abandoned'] === abandonedBefore + 1);
    gate.release();
    // What it had begun to take back would be done by then.
    await gateway.stop();
    expect(await claimOf(id)).toMatchObject({ claim: 'inline', text: said(id) });
    gateway = await startGateway(server.url, { beforeFlush: gate.pass });
  });

  it('takes nothing back that was answered when a repeat at another replica hangs up', async () => {
    const id = newId();
    const first = replica.post(webhook(id));
    await stored(id);
    await finish(id);
    expect(answerTo(await first)).toMatchObject({ result: said(id) });
    await eventually(async () => (await claimOf(id))?.delivered === true);
    gate.shut();
    const before = await outcomes(gateway);
    const repeat = gateway.postAndHangUp(webhook(id));
    await eventually(() => gate.held === 1);
    repeat.hangUp();
    gate.release();
    await eventually(async () => (await outcomes(gateway))['repeated'] === (before['repeated'] ?? 0) + 1);
    // What it had begun to take back would be done by then.
    await gateway.stop();
    expect(await claimOf(id)).toMatchObject({ claim: 'inline', text: said(id), delivered: true });
    gateway = await startGateway(server.url, { beforeFlush: gate.pass });
  });

  it('answers a repeat at another replica alike, while the first waits and afterwards', async () => {
    const id = newId();
    const first = gateway.post(webhook(id));
    await stored(id);
    const before = (await kit.connection.manager.streams.info(Streams.ToolCalls)).state.messages;
    const second = replica.post(webhook(id));
    await eventually(async () => /repeated"\} [1-9]/.test(await replica.metrics()));
    await finish(id);
    expect(answerTo(await first)).toMatchObject({ result: said(id) });
    expect(await second).toEqual(await first);
    expect(await replica.post(webhook(id))).toEqual(await first);
    expect(await gateway.post(webhook(id))).toEqual(await first);
    expect((await kit.connection.manager.streams.info(Streams.ToolCalls)).state.messages).toBe(before);
    expect(await claimOf(id)).toMatchObject({ claim: 'inline', text: said(id) });
  });

  it('answers a repeat with the stored result when the first gateway was killed before it claimed', async () => {
    const id = newId();
    const first = aToolCall({ callId: SPEC_CALL_ID, toolCallId: id, tool: 'patient', mode: 'sync', graceMs: 3000 });
    await kit.publisher.publish(kit.publisher.events.toolCall(first));
    await finish(id);
    expect(answerTo(await replica.post(webhook(id)))).toMatchObject({ result: said(id) });
    expect(await claimOf(id)).toMatchObject({ claim: 'inline' });
  });

  it('lets a repeat wait when the first gateway was killed before the result', async () => {
    const id = newId();
    const first = aToolCall({ callId: SPEC_CALL_ID, toolCallId: id, tool: 'patient', mode: 'sync', graceMs: 3000 });
    await kit.publisher.publish(kit.publisher.events.toolCall(first));
    const repeatedBefore = /tool="patient",disposition="repeated"\} (\d+)/.exec(await replica.metrics())?.[1] ?? '0';
    const answered = replica.post(webhook(id));
    await eventually(async () =>
      (await replica.metrics()).includes(
        `tool="patient",disposition="repeated"} ${String(Number(repeatedBefore) + 1)}`,
      ),
    );
    await finish(id);
    expect(answerTo(await answered)).toMatchObject({ result: said(id) });
  });

  it('never answers inline what was stored without grace: the notifier speaks that unasked', async () => {
    const id = newId();
    const first = aToolCall({ callId: SPEC_CALL_ID, toolCallId: id, tool: 'patient', mode: 'sync', graceMs: 0 });
    await kit.publisher.publish(kit.publisher.events.toolCall(first));
    await finish(id);
    expect(answerTo(await replica.post(webhook(id)))).toMatchObject(PENDING);
    expect(await claimOf(id)).toBeUndefined();
  });

  it('answers several tool calls together, in order, when all are decided', async () => {
    const [early, late, background] = [newId(), newId(), newId()];
    const answered = gateway.post(
      toolCallsWebhook([
        { id: late, name: 'patient', async: false },
        { id: background, name: 'quick', async: true },
        { id: early, name: 'quick', async: false },
      ]),
    );
    // The notifier must leave the early one alone until the late one is answered.
    expect(await stored(early, 'quick')).toMatchObject({ mode: 'sync', graceMs: PATIENT_MS });
    expect(await stored(background, 'quick')).toMatchObject({ mode: 'async', graceMs: 0 });
    await finish(early, { tool: 'quick' });
    await new Promise((resolve) => setTimeout(resolve, TOOLS.quick + 200));
    // A claim holds for 2 s at the notifier: not made before the response can be written.
    expect(await claimOf(early)).toBeUndefined();
    await finish(late);
    const { results } = (await answered).body as { results: { toolCallId: string; result: string }[] };
    expect(results).toEqual([
      { name: 'patient', toolCallId: late, result: said(late) },
      { name: 'quick', toolCallId: background, ...PENDING },
      { name: 'quick', toolCallId: early, result: said(early) },
    ]);
    expect(await claimOf(background)).toBeUndefined();
  });

  it('answers "pending" at once when it shuts down', async () => {
    const id = newId();
    const leaving = await startGateway(server.url);
    const answered = leaving.post(webhook(id));
    await stored(id);
    const started = performance.now();
    await Promise.all([answered, leaving.stop()]);
    expect(performance.now() - started).toBeLessThan(PATIENT_MS / 2);
    expect(answerTo(await answered)).toMatchObject(PENDING);
    expect(await claimOf(id)).toEqual({ claim: 'spoken' });
  });

  it('answers "pending" at the deadline while NATS is away: the notifier claims by itself', async () => {
    const id = newId();
    const answered = gateway.post(webhook(id, 'quick'));
    await stored(id, 'quick');
    await server.stop();
    expect(answerTo(await answered)).toMatchObject(PENDING);
    await server.launch();
    await eventually(() => kit.connection.check().then(() => true));
    expect(await claimOf(id)).toBeUndefined();
  }, 30_000);
});

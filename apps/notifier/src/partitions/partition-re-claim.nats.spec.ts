import { announcementKey, EventTypes, Subjects } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { Log, Metrics, SystemClock } from '@interject/observability';
import { eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { ControlClient } from '@interject/vapi';
import type { ControlOutcome } from '@interject/vapi';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { toolsOf } from '../assemble-ownership.js';
import { NotifierMetrics } from '../notifier-metrics.js';
import { ControlEndpoint, PlayedCall, QUICK } from '../notifier.spec-kit.js';
import { Lease } from './lease.js';
import { PartitionOwner } from './partition-owner.js';
import type { PartitionTools } from './partition-tools.types.js';

let server: NatsServer;
let kit: MessagingKit;
let endpoint: ControlEndpoint;
let call: PlayedCall;
let control: ControlClient;
let tools: PartitionTools;
/** Set: the POSTs wait for their connection, and end by what this is given. */
let connecting: ((mayWrite: () => boolean) => Promise<ControlOutcome>) | undefined;
/** Appends to the ledger are not answered. */
let isLogStuck = false;
const owners: PartitionOwner[] = [];
const clock = new SystemClock();

class EndlessLease extends Lease {
  override get maySpeak(): boolean {
    return this.isHeld;
  }
}

/** One process claims the partition, again if it did before. */
async function claim(): Promise<PartitionOwner> {
  const lease = new EndlessLease(call.partition, owners.length + 1, clock.monotonic(), clock);
  const owner = new PartitionOwner(lease, tools, () => undefined);
  owners.push(owner);
  await owner.start();
  return owner;
}

async function ask(question: object): Promise<Record<string, unknown>> {
  const answer = await kit.core.request(Subjects.callsQuery(call.partition), JSON.stringify(question), 500);
  return JSON.parse(Buffer.from(answer).toString()) as Record<string, unknown>;
}

beforeAll(async () => {
  server = await startNatsServer();
  kit = await openMessaging({ url: server.url });
});
afterAll(async () => {
  await kit.close();
  await server.dispose();
});
beforeEach(async () => {
  endpoint = await ControlEndpoint.start();
  control = new ControlClient({ allowedOrigins: [endpoint.origin], timeoutMs: 2000 });
  connecting = undefined;
  isLogStuck = false;
  const assembled = toolsOf({
    ...kit,
    notifier: `spec-${String(Math.random())}`,
    settings: QUICK,
    control: {
      say: (target, message, options) =>
        connecting?.(options?.mayWrite ?? (() => true)) ?? control.say(target, message, options),
      addMessage: control.addMessage.bind(control),
    },
    metrics: new NotifierMetrics(new Metrics()),
    clock,
    log: Log.silent(),
  });
  const appendLog = {
    append: (...args: Parameters<typeof kit.appendLog.append>) =>
      isLogStuck ? new Promise<number>(() => undefined) : kit.appendLog.append(...args),
  };
  tools = { ...assembled, appendLog: appendLog as unknown as typeof kit.appendLog };
  call = new PlayedCall(kit, endpoint);
  await call.begin();
});
afterEach(async () => {
  await Promise.all(owners.splice(0).map((owner) => owner.stop()));
  await control.close();
  await endpoint.close();
});

describe('a partition that the same process claims again', () => {
  it('has what was recorded as being sent, but never written, said', async () => {
    let askLater: (() => boolean) | undefined;
    connecting = (mayWrite) => {
      askLater = mayWrite;
      return new Promise(() => undefined);
    };
    const owner = await claim();
    await call.result('tc', 'Not lost.');
    await eventually(() => askLater !== undefined);
    await owner.stop();
    // The connection of the first try stands only now: it must not be written any more.
    expect(askLater?.()).toBe(false);
    connecting = undefined;
    await claim();
    await eventually(() => endpoint.said(call.callId).length === 1);
    expect(endpoint.said(call.callId)).toEqual(['Not lost.']);
  });

  it('does not repeat what was written', async () => {
    let isWritten = false;
    connecting = (mayWrite) => {
      isWritten = mayWrite();
      return new Promise(() => undefined);
    };
    const owner = await claim();
    await call.result('tc', 'Perhaps said.');
    await eventually(() => isWritten);
    await owner.stop();
    connecting = undefined;
    await claim();
    await eventually(async () => (await call.states()).includes('tc unconfirmed'));
    expect(endpoint.said(call.callId)).toEqual([]);
  });

  it('does not repeat what was said, when what became of it could not be stored', async () => {
    const owner = await claim();
    await call.result('tc', 'Said once.');
    await eventually(() => endpoint.said(call.callId).length === 1);
    isLogStuck = true;
    await eventually(async () => {
      const [utterance] = (await call.query())['utterances'] as readonly { readonly state: string }[];
      return utterance?.state === 'unconfirmed';
    });
    await owner.stop();
    isLogStuck = false;
    await claim();
    await eventually(async () => (await call.states()).includes('tc unconfirmed'));
    expect(endpoint.said(call.callId)).toEqual(['Said once.']);
  });

  it('has what was refused for the moment, and was waiting again, said', async () => {
    endpoint.onPost = (_post, respond) => {
      respond(503);
    };
    const owner = await claim();
    await call.result('tc', 'Not lost.');
    await eventually(() => endpoint.posts.length >= 2);
    await owner.stop();
    endpoint.posts.length = 0;
    endpoint.onPost = (_post, respond) => {
      respond(200);
    };
    await claim();
    await eventually(() => endpoint.said(call.callId).length === 1);
    expect(await call.states()).toContain('tc sending');
  });

  it('knows a caller who was in the middle of a turn', async () => {
    const owner = await claim();
    call.floor('caller', 'started');
    await eventually(async () => (await call.query())['floor'] === 'caller');
    await owner.stop();
    const floor = tools.floors.take(call.callId);
    expect(floor?.caller.speaking).toBe(true);
    expect(tools.floors.take(call.callId)).toBeUndefined();
  });
});

describe('an announcement that asks to be let in', () => {
  const id = (): string => announcementKey(call.callId, 'a');

  it('is, once it is there it is known, and after the end it is not', async () => {
    await claim();
    await eventually(async () => (await call.query())['found'] === true);
    expect(await ask({ callId: call.callId, admit: id() })).toMatchObject({ admission: 'admitted' });
    const { publisher } = kit;
    const fact = { callId: call.callId, announcementId: 'a', text: 'Your taxi is here.', at: Date.now() };
    await publisher.publish(publisher.events.announcement(fact));
    await eventually(async () => (await ask({ callId: call.callId, admit: id() }))['admission'] === 'known');
    await eventually(() => endpoint.said(call.callId).length === 1);
    await call.result('pending', 'Keeps the call.');
    await call.end();
    await eventually(
      async () =>
        (await ask({ callId: call.callId, admit: announcementKey(call.callId, 'b') }))['admission'] !== 'admitted',
    );
  });

  it('finds a live call that was forgotten by its last status', async () => {
    // A checkpoint behind everything, as if the call had been quiet for long.
    const last = await kit.reader.last('CALL_EVENTS', 'calls.>');
    const subject = Subjects.utterances(call.partition);
    const before = await kit.reader.last('UTTERANCES', subject);
    const checkpoint = { toolCalls: 1_000_000, callEvents: (last?.sequence ?? 0) + 1, utterances: 1 };
    const data = { owner: 'predecessor', kind: 'owner-changed' as const, checkpoint, records: [] };
    await kit.appendLog.append(subject, before?.sequence ?? 0, { type: EventTypes.Utterances, data, id: call.callId });
    await claim();
    expect(await ask({ callId: call.callId })).toEqual({ found: false });
    expect(await ask({ callId: `${call.callId}-never-seen`, admit: 'x' })).toEqual({ found: false });
    expect(await ask({ callId: call.callId, admit: id() })).toMatchObject({ found: true, admission: 'admitted' });
  });

  it('is answered with an error when the question is none', async () => {
    await claim();
    await expect(kit.core.request(Subjects.callsQuery(call.partition), '{"admit":"x"}', 500)).rejects.toThrow();
  });
});

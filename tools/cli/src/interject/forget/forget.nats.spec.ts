import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Buckets,
  callToken,
  duplicateKey,
  EventTypes,
  partitionOf,
  Streams,
  Subjects,
  toolCallKey,
} from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { aResult, aToolCall, eventually, NatsServer } from '@interject/testing';
import { liveCall, PlayedNotifier, run } from '../interject.spec-kit.js';
import type { Screen } from '../interject.spec-kit.js';

const WORDS = 'the caller lives at 12 Elm Street';
const ID = 'forgotten-call-4711';
const TOOL_CALL = 'call_forgotten_0815';

/** Another call of the same partition. */
function neighbourOf(callId: string, name = 'neighbour'): string {
  for (let n = 0; ; n += 1) {
    const other = `${name}-${String(n)}`;
    if (partitionOf(other) === partitionOf(callId)) return other;
  }
}
const NEIGHBOUR = neighbourOf(ID);
const PARTITION = partitionOf(ID);
const inPartition = (name: string): string => neighbourOf(ID, name);

describe('forget', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let notifier: PlayedNotifier;
  /** The owner's position in its log. */
  let last = 0;
  let letters = 0;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
  });
  afterAll(async () => {
    await kit.close();
    await server.dispose();
  });
  beforeEach(async () => {
    notifier = await PlayedNotifier.start(kit);
  });
  afterEach(() => notifier.stop());

  const forget = (...args: string[]): Promise<Screen> => run(server.url, ['forget', ...args]);

  /** Appends as the partition's owner does: after its own last message, or not at all. */
  async function append(records: readonly string[], checkpoint = 1, more: object = {}): Promise<void> {
    const data = {
      owner: 'o',
      kind: 'records',
      checkpoint: { toolCalls: 1, callEvents: 1, utterances: checkpoint },
      records: records.map((callId) => ({
        utteranceId: `u-${callId}`,
        callId,
        source: 'result',
        class: 'result',
        state: 'heard',
        attempt: 1,
        times: { queuedAt: 1 },
      })),
      ...more,
    };
    const id = `${String(last)}.${String(Math.random())}`;
    const message = { type: EventTypes.Utterances, data, id };
    last = await kit.appendLog.append(Subjects.utterances(PARTITION), last, message);
  }

  /** Everything that the services keep of a call with a tool call, an announcement and a dead letter. */
  async function fill(callId: string, toolCallId: string): Promise<void> {
    const { publisher, kv } = kit;
    const { events } = publisher;
    const request = aToolCall({ callId, toolCallId, arguments: { address: WORDS } });
    const { tool } = request;
    const at = Date.now();
    await publisher.publish(events.toolCall(request));
    await publisher.publish(events.status({ callId, status: 'in-progress', at }));
    await publisher.publish(events.progress({ callId, toolCallId, tool, text: WORDS, sequence: 1, at }));
    await publisher.publish(events.result(aResult({ callId, toolCallId, tool, text: WORDS })));
    await publisher.publish(events.announcement({ callId, announcementId: 'a', text: WORDS, at }));
    await publisher.publish(events.ended({ callId, at, endedReason: 'customer-ended-call' }));
    publisher.publishUnconfirmed(events.floor({ callId, speaker: 'caller', change: 'started', at, receivedAt: at }));
    const data = Buffer.from(JSON.stringify(request));
    letters += 1;
    const message = { subject: events.toolCall(request).subject, sequence: letters, storedAt: 0, headers: {}, data };
    await kit.deadLetters.bury(message, { stream: Streams.ToolCalls, reason: 'x', deliveryCount: 1, durable: 'd' });
    const token = callToken(callId);
    await kv.bucket(Buckets.Calls).put(token, JSON.stringify({ ...liveCall(callId), status: 'ended', note: WORDS }));
    await kv.bucket(Buckets.Control).put(token, JSON.stringify({ callId, controlUrl: `https://x/${callId}/control` }));
    const ledger = kv.bucket(Buckets.Ledger);
    await ledger.put(toolCallKey(callId, toolCallId), JSON.stringify({ claim: 'inline', text: WORDS }));
    await ledger.put(duplicateKey(callId, tool, { address: WORDS }), JSON.stringify({ toolCallId, at }));
    await eventually(() => kit.reader.last(Streams.Floor, Subjects.floor(PARTITION, token)));
  }

  /** Raw text of every message of every stream and bucket, by stream. */
  async function stored(): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    const { manager } = kit.connection;
    for await (const { config, state } of manager.streams.list()) {
      let text = '';
      for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += 1) {
        const found = await manager.streams.getMessage(config.name, { seq }).catch(() => undefined);
        if (found === undefined) continue;
        text += `${found.subject}\n${[...found.header].flat().join('\n')}\n${Buffer.from(found.data).toString()}\n`;
      }
      texts.set(config.name, text);
    }
    return texts;
  }

  /** Names of the streams with files that hold the text, deleted or not. */
  async function onDisk(text: string): Promise<string[]> {
    const root = server.storeDirectory;
    const files = await readdir(root, { recursive: true, withFileTypes: true });
    const hits = await Promise.all(
      files.map(async (file) => {
        if (!file.isFile()) return [];
        const path = join(file.parentPath, file.name);
        const stream = /streams\/([^/]+)\//.exec(path)?.[1] ?? '';
        return (await readFile(path)).includes(text) ? [stream] : [];
      }),
    );
    return [...new Set(hits.flat())].sort();
  }

  const holding = (texts: ReadonlyMap<string, string>, text: string): string[] =>
    [...texts].flatMap(([stream, all]) => (all.includes(text) ? [stream] : [])).sort();

  it('leaves nothing of the call anywhere, and all of its neighbour', async () => {
    await fill(ID, TOOL_CALL);
    await fill(NEIGHBOUR, 'call_neighbour');
    await append([ID]);
    await append([ID, NEIGHBOUR]);
    await append([NEIGHBOUR], last + 1);
    await append([], last + 1);
    const before = await stored();
    const keeping = ['CALL_EVENTS', 'DEAD_LETTERS', 'FLOOR', 'KV_calls', 'KV_control', 'TOOL_CALLS', 'UTTERANCES'];
    expect(holding(before, ID)).toEqual(keeping);
    const files = keeping.filter((stream) => stream !== 'FLOOR');
    await eventually(async () => (await onDisk(ID)).length === files.length);
    expect(await onDisk(ID)).toEqual(files);

    const dry = await forget(ID, '--dry-run');
    expect(dry.text).toContain('CALL_EVENTS   5 messages would be erased');
    expect(await stored()).toEqual(before);

    const { lines, errors, failed } = await forget(ID);
    expect([errors, failed]).toEqual([[], false]);
    expect(lines).toEqual([
      'TOOL_CALLS    1 message erased',
      'CALL_EVENTS   5 messages erased',
      'DEAD_LETTERS  1 message erased',
      'FLOOR         1 message erased',
      'calls         1 key erased',
      'control       1 key erased',
      'ledger        2 keys erased',
      'UTTERANCES    2 messages erased',
    ]);
    const after = await stored();
    expect(holding(after, ID)).toEqual([]);
    expect(holding(after, TOOL_CALL)).toEqual([]);
    expect(holding(after, callToken(ID))).toEqual([]);
    expect(holding(after, NEIGHBOUR)).toEqual(keeping);
    expect(after.get('UTTERANCES')?.split(`"u-${NEIGHBOUR}"`)).toHaveLength(3);
    // Files of streams are overwritten; buckets do not let single messages be.
    const left = [...(await onDisk(ID)), ...(await onDisk(TOOL_CALL))];
    expect(left.filter((stream) => !stream.startsWith('KV_'))).toEqual([]);
    // The owner goes on as if nothing had happened.
    await append([NEIGHBOUR]);
    expect((await forget(ID)).text).toBe(`The streams hold nothing of ${ID}.`);
  });

  it('leaves for now what an owner may have to read', async () => {
    const call = inPartition('mixed');
    await append([call, NEIGHBOUR], last);
    await append([call], last - 1);
    await append([], last - 1);
    const kept = await forget(call);
    expect(kept.errors[0]).toContain('2 batches of the utterance log stay for now');
    expect(kept.failed).toBe(true);
    await append([NEIGHBOUR], last + 1);
    const done = await forget(call);
    expect([done.lines, done.failed]).toEqual([['UTTERANCES    2 messages erased'], false]);
    expect(holding(await stored(), call)).toEqual([]);
    await append([NEIGHBOUR], last);
  });

  it('takes the last batch only when the owner has let another one follow', async () => {
    const call = inPartition('last');
    await append([call], last);
    // Nobody appends: taken away, the next append of the owner would be refused.
    expect((await forget(call)).errors[0]).toContain('1 batch of the utterance log stay for now');
    notifier.renewLog = (partition) => {
      if (partition === PARTITION) void append([], last + 1);
    };
    expect((await forget(call)).lines[0]).toBe('UTTERANCES    1 message erased');
    expect(holding(await stored(), call)).toEqual([]);
    await append([NEIGHBOUR]);
  }, 15_000);

  it('takes a call out of what was left of batches before', async () => {
    const [first, second] = [inPartition('first'), inPartition('second')];
    await append([first, second, NEIGHBOUR], last);
    await append([], last + 2);
    await append([], last + 1);
    await forget(first);
    expect(holding(await stored(), second)).toEqual(['UTTERANCES']);
    await forget(second);
    const after = await stored();
    expect([holding(after, first), holding(after, second)]).toEqual([[], []]);
    expect(holding(after, NEIGHBOUR)).toContain('UTTERANCES');
  });

  it('refuses a live call, and one of which nobody can tell', async () => {
    notifier.calls.set('live-call', liveCall('live-call'));
    await expect(forget('live-call')).rejects.toThrow('The call live-call is live');
    await notifier.stop();
    await expect(forget('some-call')).rejects.toThrow('cannot be told');
    expect((await forget('some-call', '--force')).text).toBe('The streams hold nothing of some-call.');
  });
});

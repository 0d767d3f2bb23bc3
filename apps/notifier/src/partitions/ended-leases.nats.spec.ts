import { Buckets, EventTypes, Subjects } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ControlEndpoint, PlayedCall, startNotifier } from '../notifier.spec-kit.js';
import type { RunningNotifier } from '../notifier.spec-kit.js';
import { partitionKey } from './lease-board.js';

jest.setTimeout(40_000);

let server: NatsServer;
let kit: MessagingKit;
let endpoint: ControlEndpoint;
let notifier: RunningNotifier;
let call: PlayedCall;

async function lost(): Promise<number> {
  const text = await notifier.metrics.registry.metrics();
  return Number(/^interject_partitions_lost_total (\S+)$/m.exec(text)?.[1] ?? NaN);
}

/** As their age does when the process is held up for longer than they live. */
async function endLeases(partitions: readonly number[]): Promise<void> {
  const bucket = kit.kv.bucket(Buckets.Leases);
  await Promise.all(partitions.map((partition) => bucket.delete(partitionKey(partition))));
  await eventually(async () => {
    const entries = await Promise.all(partitions.map((partition) => bucket.get(partitionKey(partition))));
    return entries.every((entry) => entry !== undefined);
  });
}

beforeEach(async () => {
  server = await startNatsServer();
  kit = await openMessaging({ url: server.url });
  endpoint = await ControlEndpoint.start();
  notifier = await startNotifier(server.url, endpoint);
  await eventually(() => notifier.ownership.status().owned === 16, { timeoutMs: 10_000 });
  call = new PlayedCall(kit, endpoint);
  await call.begin();
  await call.toolCall('tc');
});
afterEach(async () => {
  await notifier.stop();
  await endpoint.close();
  await kit.close();
  await server.dispose();
});

describe('leases that have ended', () => {
  it('are taken again, and the calls are served on as they are', async () => {
    await endLeases(Array.from({ length: 16 }, (_unused, partition) => partition));
    await call.result('tc', 'Still here.');
    await eventually(async () => (await call.states()).includes('tc unconfirmed'));
    expect(endpoint.said(call.callId)).toEqual(['Still here.']);
    expect(notifier.ownership.status().owned).toBe(16);
    expect(await lost()).toBe(0);
  });

  it('are the loss of a partition that somebody else has had meanwhile: it is read in anew', async () => {
    const subject = Subjects.utterances(call.partition);
    const last = await kit.reader.last('UTTERANCES', subject);
    const checkpoint = { toolCalls: 1, callEvents: 1, utterances: 1 };
    const data = { owner: 'another', kind: 'owner-changed' as const, checkpoint, records: [] };
    await kit.appendLog.append(subject, last?.sequence ?? 0, { type: EventTypes.Utterances, data, id: 'another' });
    await endLeases([call.partition]);
    await eventually(async () => (await lost()) === 1 && notifier.ownership.status().owned === 16, {
      timeoutMs: 10_000,
    });
    await call.result('tc', 'Once.');
    await eventually(async () => (await call.states()).includes('tc unconfirmed'));
    expect(endpoint.said(call.callId)).toEqual(['Once.']);
  });
});

import { Buckets, toolCallKey } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { aToolCall, eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ControlEndpoint, PlayedCall, startNotifier } from './notifier.spec-kit.js';
import type { RunningNotifier } from './notifier.spec-kit.js';

jest.setTimeout(40_000);

const STREAM = 'KV_ledger';

describe('a notifier with a full ledger', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let endpoint: ControlEndpoint;
  let notifier: RunningNotifier;

  beforeAll(async () => {
    server = await startNatsServer();
    kit = await openMessaging({ url: server.url });
    endpoint = await ControlEndpoint.start();
    notifier = await startNotifier(server.url, endpoint);
    await eventually(() => notifier.ownership.status().owned === 16, { timeoutMs: 10_000 });
  });
  afterAll(async () => {
    await notifier.stop();
    await endpoint.close();
    await kit.close();
    await server.dispose();
  });

  async function resize(maxBytes: (bytes: number) => number): Promise<void> {
    const { streams } = kit.connection.manager;
    const { config, state } = await streams.info(STREAM);
    await streams.update(STREAM, { ...config, max_bytes: maxBytes(state.bytes) });
  }

  async function syncCall(text: string): Promise<PlayedCall> {
    const call = new PlayedCall(kit, endpoint);
    await call.begin();
    const request = aToolCall({
      callId: call.callId,
      toolCallId: 'tc',
      mode: 'sync',
      graceMs: 300,
      requestedAt: Date.now(),
    });
    await kit.publisher.publish(kit.publisher.events.toolCall(request));
    await call.result('tc', text);
    return call;
  }

  it('says what nobody has claimed, leaves alone what is claimed inline, and claims again when there is room', async () => {
    const ledger = kit.kv.bucket(Buckets.Ledger);
    const inline = new PlayedCall(kit, endpoint);
    await ledger.put(
      toolCallKey(inline.callId, 'tc'),
      JSON.stringify({ claim: 'inline', as: 'result', text: 'Read.' }),
    );
    await resize((bytes) => bytes);
    await expect(ledger.create('more', 'x')).rejects.toMatchObject({ code: 'store-full' });

    const call = await syncCall('Said without a claim.');
    await eventually(() => endpoint.said(call.callId).length === 1, { timeoutMs: 10_000 });
    expect(await ledger.get(toolCallKey(call.callId, 'tc'))).toBeUndefined();
    expect(await notifier.metrics.registry.metrics()).toMatch(/interject_unclaimed_results_total 1/);

    await inline.begin();
    const request = aToolCall({ callId: inline.callId, toolCallId: 'tc', mode: 'sync', graceMs: 300 });
    await kit.publisher.publish(kit.publisher.events.toolCall({ ...request, requestedAt: Date.now() }));
    await inline.result('tc', 'Read.');
    await eventually(async () => (await inline.states()).includes('tc answered-inline'), { timeoutMs: 10_000 });

    await resize(() => -1);
    const after = await syncCall('Said with a claim.');
    await eventually(() => endpoint.said(after.callId).length === 1, { timeoutMs: 10_000 });
    expect(await ledger.get(toolCallKey(after.callId, 'tc'))).toBeDefined();
    expect(endpoint.said(call.callId)).toEqual(['Said without a claim.']);
    expect(endpoint.said(inline.callId)).toEqual([]);
  });
});

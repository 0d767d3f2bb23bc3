import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets, callToken } from '@interject/contracts';
import { accessOf, openMessaging, startSecuredNats } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import type { NatsServer } from '@interject/testing';
import { liveCall, PlayedNotifier, run, Screen } from './interject.spec-kit.js';

const CALL = 'call-1';

describe('interject, as the operator of an installation with access control', () => {
  let server: NatsServer;
  let gateway: MessagingKit;
  let owner: MessagingKit;
  let notifier: PlayedNotifier;

  beforeAll(async () => {
    server = await startSecuredNats();
    gateway = await openMessaging({ url: server.url, access: accessOf('gateway') });
    owner = await openMessaging({ url: server.url, access: accessOf('notifier') });
    notifier = await PlayedNotifier.start(owner);
  });
  afterAll(async () => {
    await notifier.stop();
    await owner.close();
    await gateway.close();
    await server.dispose();
  });
  const interject = (...args: string[]): Promise<Screen> =>
    run(server.url, args, {}, new Screen(), accessOf('operator'));

  it('may do all that there is', async () => {
    notifier.calls.set(CALL, liveCall(CALL));
    const { publisher, kv } = gateway;
    await publisher.publish(publisher.events.status({ callId: CALL, status: 'in-progress', at: 1 }));
    await kv.bucket(Buckets.Control).put(callToken(CALL), '{"controlUrl":"https://x"}');
    for (const args of [
      ['calls'],
      ['call', CALL, '--texts'],
      ['say', CALL, 'Hello', '--wait-seconds', '0'],
      ['tools'],
    ]) {
      expect((await interject(...args)).errors).toEqual([]);
    }
    for (const whom of ['all', CALL]) {
      expect((await interject('mute', whom)).failed).toBe(false);
      expect((await interject('unmute', whom)).failed).toBe(false);
    }
    expect((await interject('health')).lines.filter((line) => line.startsWith('fail'))).toEqual([]);
    expect((await interject('doctor')).text).toContain('ok    NATS               nats-server');
    notifier.calls.delete(CALL);
    expect((await interject('forget', CALL)).lines).toEqual([
      'CALL_EVENTS   2 messages erased',
      'control       1 key erased',
    ]);
  });

  it('says who may not', async () => {
    await expect(run(server.url, ['calls'])).rejects.toThrow(/NATS/);
    const checked = await run(server.url, ['doctor'], { VAPI_BASE_URL: 'http://127.0.0.1:1' });
    expect(checked.text).toContain('-> Set NATS_USER=operator');
  });
});

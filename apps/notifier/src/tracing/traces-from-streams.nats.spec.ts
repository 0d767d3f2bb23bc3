import { callToken, CallEventNames, Streams, Subjects, toolCallKey } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { RecordingTracer } from '@interject/observability/testing';
import { eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ControlEndpoint, PlayedCall, QUICK, startNotifier } from '../notifier.spec-kit.js';

jest.setTimeout(40_000);

const HELD = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const LATE = '00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b8-01';

let server: NatsServer;
let kit: MessagingKit;
let endpoint: ControlEndpoint;

beforeAll(async () => {
  server = await startNatsServer();
  kit = await openMessaging({ url: server.url });
  endpoint = await ControlEndpoint.start();
});
afterAll(async () => {
  await endpoint.close();
  await kit.close();
  await server.dispose();
});

describe('a notifier that comes to own a call', () => {
  it('goes on with the traces of what was stored before, and hands on that of what is never said', async () => {
    const call = new PlayedCall(kit, endpoint);
    await call.begin();
    await call.toolCall('held');
    await call.result('held', 'Your report is ready.', undefined, HELD);
    const tracer = new RecordingTracer();
    const notifier = await startNotifier(server.url, endpoint, QUICK, tracer);
    try {
      const say = await eventually(() => tracer.named('say').find(({ ends }) => ends === 1), { timeoutMs: 10_000 });
      const [hold] = tracer.named('hold');
      expect(hold).toMatchObject({ parent: HELD, ends: 1 });
      expect(say.parent).toBe(hold?.traceparent);

      await call.end();
      await call.result('late', 'Too late.', undefined, LATE);
      const { callId, partition } = call;
      const key = toolCallKey(callId, 'late');
      const subject = Subjects.callEvent(partition, callToken(callId), CallEventNames.Undelivered, key);
      const event = await eventually(() => kit.reader.last(Streams.CallEvents, subject), { timeoutMs: 10_000 });
      expect(event.headers).toMatchObject({ traceparent: LATE });
      expect(tracer.named('hold').find(({ parent }) => parent === LATE)).toMatchObject({
        ends: 1,
        attributes: { 'interject.utterance.state': 'undelivered', 'interject.utterance.reason': 'call-ended' },
      });
    } finally {
      await notifier.stop();
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventTypes, Streams, Subjects } from '@interject/contracts';
import { aResult, aToolCall, NatsServer } from '@interject/testing';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';

describe('publishing', () => {
  let server: NatsServer;
  let kit: MessagingKit;

  beforeAll(async () => {
    server = await NatsServer.start({ maxPayload: 700_000 });
    kit = await openMessaging({ url: server.url });
  });
  afterAll(async () => {
    await kit.close();
    await server.dispose();
  });

  it('stores the first of two results of a tool call, whoever publishes it', async () => {
    const { events } = kit.publisher;
    const first = await kit.publisher.publish(events.result(aResult({ text: 'first' })));
    const second = await kit.publisher.publish(events.result(aResult({ text: 'second' })));
    expect(first).toMatchObject({ repeated: false });
    expect(second).toEqual({ sequence: 0, repeated: true });
    const stored = await kit.reader.last(Streams.CallEvents, events.result(aResult()).subject);
    expect(JSON.parse(Buffer.from(stored?.data ?? []).toString())).toMatchObject({ text: 'first' });
  });

  it('knows a repeat beyond the window in which JetStream recognises message ids', async () => {
    const event = kit.publisher.events.toolCall(aToolCall({ toolCallId: 'repeated' }));
    await kit.publisher.publish(event);
    // Another id stands for a repeat whose id was forgotten.
    await expect(kit.publisher.publish({ ...event, id: 'forgotten' })).resolves.toMatchObject({ repeated: true });
  });

  it('writes a CloudEvent in binary mode with the trace beside it', async () => {
    const event = kit.publisher.events.toolCall(aToolCall({ toolCallId: 'cloud-event' }));
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await kit.publisher.publish(event, { traceparent });
    const stored = await kit.reader.last(Streams.ToolCalls, event.subject);
    expect(stored?.headers).toMatchObject({
      'ce-specversion': '1.0',
      'ce-type': EventTypes.ToolCall,
      'ce-source': '/interject/spec',
      'ce-id': event.id,
      'Nats-Msg-Id': event.id,
      'content-type': 'application/json',
      traceparent,
    });
  });

  it('refuses what the server would refuse', async () => {
    const event = kit.publisher.events.result(aResult({ toolCallId: 'huge', data: 'x'.repeat(700_000) }));
    await expect(kit.publisher.publish(event)).rejects.toMatchObject({ code: 'payload-too-large', retryable: false });
  });

  it('appends in order and refuses a second writer', async () => {
    const subject = Subjects.utterances(3);
    const message = (id: string): { type: typeof EventTypes.Utterances; data: object; id: string } => ({
      type: EventTypes.Utterances,
      data: { id },
      id,
    });
    const first = await kit.appendLog.append(subject, 0, message('a'));
    const second = await kit.appendLog.append(subject, first, message('b'));
    await expect(kit.appendLog.append(subject, first, message('intruder'))).rejects.toMatchObject({
      code: 'sequence-conflict',
    });
    // The same append again, as after a lost acknowledgement, is the same message.
    await expect(kit.appendLog.append(subject, first, message('b'))).resolves.toBe(second);
  });
});

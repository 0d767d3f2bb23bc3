import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aResult, eventually, NatsServer } from '@interject/testing';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';

describe('CoreMessenger', () => {
  let server: NatsServer;
  let listening: MessagingKit;
  let publishing: MessagingKit;

  beforeAll(async () => {
    server = await NatsServer.start();
    listening = await openMessaging({ url: server.url });
    publishing = await openMessaging({ url: server.url });
  });
  afterAll(async () => {
    await publishing.close();
    await listening.close();
    await server.dispose();
  });

  const textOf = (data: Uint8Array): string => Buffer.from(data).toString();

  it('hears a stored event, published by anybody, and nothing of before', async () => {
    const event = publishing.publisher.events.result(aResult({ callId: 'heard' }));
    const before = publishing.publisher.events.result(aResult({ callId: 'heard', toolCallId: 'before' }));
    await publishing.publisher.publish(before);
    const heard: string[] = [];
    const subject = event.subject.replace(/[^.]+$/, '*');
    const listener = listening.core.subscribe(subject, (data) => heard.push(textOf(data)));
    await listening.connection.check();
    await publishing.publisher.publish(event);
    await eventually(() => heard.length > 0);
    expect(heard).toEqual([JSON.stringify(event.data)]);
    listener.stop();
  });

  it('is in place for whatever the same connection publishes next', async () => {
    const event = listening.publisher.events.result(aResult({ callId: 'own' }));
    const heard: string[] = [];
    const listener = listening.core.subscribe(event.subject, (data) => heard.push(textOf(data)));
    await listening.publisher.publish(event);
    await eventually(() => heard.length === 1);
    listener.stop();
  });

  it('hears nothing once it is stopped, and may be stopped again', async () => {
    const event = publishing.publisher.events.result(aResult({ callId: 'stopped' }));
    let count = 0;
    const listener = listening.core.subscribe(event.subject, () => (count += 1));
    listener.stop();
    listener.stop();
    await publishing.publisher.publish(event);
    await listening.connection.check();
    expect(count).toBe(0);
  });

  it('hears again after a reconnect; without a connection it refuses at once', async () => {
    const event = publishing.publisher.events.result(aResult({ callId: 'again' }));
    let count = 0;
    const listener = listening.core.subscribe(event.subject, () => (count += 1));
    await server.stop();
    await eventually(() => !listening.connection.isConnected);
    expect(() => listening.core.subscribe('any.subject', () => undefined)).toThrow(
      expect.objectContaining({ code: 'disconnected', retryable: true }),
    );
    await server.launch();
    await eventually(() => listening.connection.check().then(() => true));
    await eventually(() => publishing.publisher.publish(event).then(() => true));
    await eventually(() => count > 0);
    listener.stop();
  }, 30_000);
});

import { Streams, Subjects } from '@interject/contracts';
import { eventually, NatsServer } from '@interject/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';

/** Longer than the client needs for one message, by far. */
const LAZY_MS = 20;
const MESSAGES = 100;
/** So that they do not all come with one read of the socket. */
const PAYLOAD = JSON.stringify({ text: 'x'.repeat(8000) });

describe('streams that are read over a connection of their own', () => {
  let server: NatsServer;
  let kit: MessagingKit;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url, readsApart: true });
  });
  afterAll(async () => {
    await kit.close();
    await server.dispose();
  });

  it('tells how far behind it is while a reader is slow, and that it has caught up', async () => {
    // Stored before: then all of it comes as fast as the socket takes it.
    const subject = Subjects.callEventsOfPartition(0).replace('>', 'token.status');
    for (let sent = 0; sent < MESSAGES; sent += 1) kit.connection.nats.publish(subject, PAYLOAD);
    await eventually(async () => (await kit.reader.last(Streams.CallEvents, subject))?.sequence === MESSAGES);
    let taken = 0;
    let largest = 0;
    const reader = await kit.reader.read({
      stream: Streams.CallEvents,
      subject: Subjects.callEventsOfPartition(0),
      onMessage: () => {
        const until = performance.now() + LAZY_MS;
        while (performance.now() < until);
        taken += 1;
        largest = Math.max(largest, kit.reader.lagMs);
      },
    });
    await eventually(() => taken === MESSAGES);
    expect(largest).toBeGreaterThan(LAZY_MS * 5);
    await eventually(() => kit.reader.lagMs < LAZY_MS * 5);
    await reader.stop();
  });
});

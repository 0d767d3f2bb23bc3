import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REPLAY_FOR_HEADER, Streams } from '@interject/contracts';
import { NatsServer } from '@interject/testing';
import type { StoredMessage } from '../reading/stored-message.js';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';
import type { DeadLetter } from './dead-letter.types.js';
import { MessagingOperator } from './messaging-operator.js';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('dead letters, as operators see them', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let operator: MessagingOperator;

  beforeAll(async () => {
    server = await NatsServer.start();
    await expect(MessagingOperator.open({ url: server.url, service: 'spec' })).rejects.toMatchObject({
      code: 'not-installed',
    });
    kit = await openMessaging({ url: server.url });
    operator = await MessagingOperator.open({ url: server.url, service: 'spec' });
  });
  afterAll(async () => {
    await operator.close();
    await kit.close();
    await server.dispose();
  });

  const bury = async (sequence: number, reason: string, subject = 'calls.0.token.undelivered.key'): Promise<void> => {
    const message: StoredMessage = {
      subject,
      sequence,
      storedAt: Date.now(),
      headers: { traceparent: TRACE, 'ce-id': 'id', 'Nats-Msg-Id': 'old' },
      data: Buffer.from(JSON.stringify({ n: sequence })),
    };
    await kit.deadLetters.bury(message, { stream: Streams.CallEvents, reason, deliveryCount: 3, durable: 'follow-up' });
  };
  const all = async (reason?: string): Promise<DeadLetter[]> => {
    const letters: DeadLetter[] = [];
    await operator.deadLetters.each((letter) => letters.push(letter));
    return letters.filter((letter) => reason === undefined || letter.reason === reason);
  };

  it('finds none where there are none', async () => {
    expect(await all()).toEqual([]);
    expect(await operator.deadLetters.find(1)).toBeUndefined();
    expect(await operator.deadLetters.discard(1)).toBe(false);
  });

  it('reads a letter with what it was and why it died', async () => {
    await bury(7, 'refused');
    const [letter] = await all();
    expect(letter).toMatchObject({
      stream: Streams.CallEvents,
      subject: 'calls.0.token.undelivered.key',
      originalSequence: 7,
      reason: 'refused',
      deliveries: 3,
      consumer: 'follow-up',
      headers: { traceparent: TRACE, 'ce-id': 'id' },
    });
    expect(Object.keys(letter?.headers ?? {})).toEqual(['traceparent', 'ce-id']);
    expect(Buffer.from(letter?.data ?? []).toString()).toBe('{"n":7}');
    expect(await operator.deadLetters.find(letter?.sequence ?? 0)).toEqual(letter);
  });

  it('hands over all of them, in order', async () => {
    await bury(8, 'worker-lost');
    expect((await all()).map(({ originalSequence }) => originalSequence)).toEqual([7, 8]);
  });

  it('puts a letter back once, with its trace, for the consumer that gave it up', async () => {
    const [letter] = await all('refused');
    if (letter === undefined) throw new Error('the letter is gone');
    expect(await operator.deadLetters.republish(letter, { replayFor: 'follow-up' })).toBe('stored');
    expect(await operator.deadLetters.republish(letter, { replayFor: 'follow-up' })).toBe('repeated');
    const back = await kit.reader.last(Streams.CallEvents, letter.subject);
    expect(back?.headers).toMatchObject({ traceparent: TRACE, 'ce-id': 'id', [REPLAY_FOR_HEADER]: 'follow-up' });
    expect(back?.data).toEqual(letter.data);
  });

  it('refuses a subject that is taken, if that is asked', async () => {
    const [letter] = await all('worker-lost');
    if (letter === undefined) throw new Error('the letter is gone');
    expect(await operator.deadLetters.republish(letter, { once: true })).toBe('taken');
    const subject = 'calls.0.token.undelivered.other';
    expect(await operator.deadLetters.republish(letter, { subject, once: true })).toBe('stored');
  });

  it('throws a letter away', async () => {
    const [letter] = await all('refused');
    expect(await operator.deadLetters.discard(letter?.sequence ?? 0)).toBe(true);
    expect(await operator.deadLetters.discard(letter?.sequence ?? 0)).toBe(false);
    expect((await all()).map(({ reason }) => reason)).toEqual(['worker-lost']);
  });

  it('says at once that nothing answers', async () => {
    const gone = await NatsServer.start();
    await gone.dispose();
    const opening = MessagingOperator.open({ url: gone.url, service: 'spec' });
    await expect(opening).rejects.toMatchObject({ code: 'disconnected' });
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ErrorCode, NatsError } from 'nats';
import type { Msg, NatsConnection } from 'nats';
import { HeaderText } from '../publishing/header-text.js';
import { StreamWriter } from './stream-writer.js';

type Callback = (error: null, message: Msg) => void;

/** A connection in memory: what was published, and a way to answer it. */
function setUp() {
  const sent: { subject: string; reply: string }[] = [];
  let callback: Callback = () => undefined;
  const nats = {
    publish: (subject: string, _payload: unknown, { reply = '' }: { reply?: string }) => sent.push({ subject, reply }),
    subscribe: (_subject: string, options: { callback: Callback }) => {
      callback = options.callback;
    },
  } as unknown as Pick<NatsConnection, 'publish' | 'subscribe'>;
  const writer = new StreamWriter(nats, { flush: () => undefined }, () => '_INBOX.spec.1');
  const write = (subject = 'calls.1') => writer.write(subject, '{}', HeaderText.empty);
  const answer = (index: number, data: unknown, code = 0) => {
    const bytes = data === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(data));
    callback(null, { subject: sent[index]?.reply, data: bytes, headers: { code } } as unknown as Msg);
  };
  return { writer, write, answer, sent };
}

const ack = (seq: number) => ({ stream: 'CALL_EVENTS', seq });

describe('StreamWriter', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives each write its own acknowledgement, in whatever order they come', async () => {
    const { write, answer } = setUp();
    const [first, second] = [write(), write()];
    answer(1, ack(2));
    answer(0, { ...ack(1), duplicate: true });
    await expect(first).resolves.toMatchObject({ seq: 1, duplicate: true });
    await expect(second).resolves.toMatchObject({ seq: 2, duplicate: false });
  });

  it("throws JetStream's refusal with its code", async () => {
    const { write, answer } = setUp();
    const written = write();
    answer(0, { error: { code: 400, err_code: 10071, description: 'wrong last sequence: 5' } });
    await expect(written).rejects.toMatchObject({ api_error: { err_code: 10071 } });
  });

  it.each([{}, { stream: '' }, 'text'])('does not take %p for an acknowledgement', async (data) => {
    const { write, answer } = setUp();
    const written = write();
    answer(0, data);
    await expect(written).rejects.toMatchObject({ code: ErrorCode.JetStreamInvalidAck });
  });

  it('gives up each after its own time, and knows nothing of it later', async () => {
    const { write, answer } = setUp();
    const first = write();
    first.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(1000);
    const second = write();
    await jest.advanceTimersByTimeAsync(600);
    await expect(first).rejects.toMatchObject({ code: ErrorCode.Timeout });
    answer(0, ack(1));
    answer(1, ack(2));
    await expect(second).resolves.toMatchObject({ seq: 2 });
    const third = write();
    third.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(1600);
    await expect(third).rejects.toMatchObject({ code: ErrorCode.Timeout });
  });

  it('asks again while a stream has no leader, three times', async () => {
    const { write, answer, sent } = setUp();
    const written = write();
    answer(0, undefined, 503);
    await jest.advanceTimersByTimeAsync(100);
    answer(1, ack(7));
    await expect(written).resolves.toMatchObject({ seq: 7 });
    const refused = write();
    refused.catch(() => undefined);
    for (const index of [2, 3, 4]) {
      answer(index, undefined, 503);
      await jest.advanceTimersByTimeAsync(100);
    }
    await expect(refused).rejects.toMatchObject({ code: ErrorCode.NoResponders });
    expect(sent).toHaveLength(5);
  });

  it('tells who waits when the user may not publish there, or the connection is closed', async () => {
    const { writer, write } = setUp();
    const [denied, other] = [write('secret.1'), write('calls.1')];
    writer.refused('secret.1', NatsError.errorForCode(ErrorCode.PermissionsViolation));
    await expect(denied).rejects.toMatchObject({ code: ErrorCode.PermissionsViolation });
    writer.close();
    await expect(other).rejects.toMatchObject({ code: ErrorCode.ConnectionClosed });
  });
});

describe('HeaderText', () => {
  it('writes headers as they travel, and no others', () => {
    const header = HeaderText.empty.with('ce-id', 'a').with('traceparent', '00-x');
    expect(new TextDecoder().decode(header.encode())).toBe('NATS/1.0\r\nce-id: a\r\ntraceparent: 00-x\r\n\r\n');
    expect(() => header.with('traceparent', 'x\r\nNats-Rollup: all')).toThrow(TypeError);
  });
});

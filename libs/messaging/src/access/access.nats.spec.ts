import { Streams, Subjects, workerDurable } from '@interject/contracts';
import { Log } from '@interject/observability';
import { aResult, aToolCall, eventually, NatsServer } from '@interject/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MessagingConnection } from '../connection/messaging-connection.js';
import type { MessagingOptions } from '../messaging.options.js';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';
import { accessOf, startSecuredNats } from '../testing/secured-nats.js';

const WORKER: Partial<MessagingOptions> = { stores: ['TOOL_CALLS', 'CALL_EVENTS', 'settings'], makesStreams: false };

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly subject?: string;
}

describe('a service with a user of its own', () => {
  let server: NatsServer;
  const kits: MessagingKit[] = [];
  const lines: Line[] = [];
  const log = Log.create({
    service: 'spec',
    destination: { write: (line: string) => lines.push(JSON.parse(line) as Line) },
  });

  beforeAll(async () => {
    server = await startSecuredNats();
  });
  afterEach(async () => {
    await Promise.all(kits.splice(0).map((kit) => kit.close()));
    lines.length = 0;
  });
  afterAll(async () => {
    await server.dispose();
  });

  async function openAs(user: string, options: Partial<MessagingOptions> = {}): Promise<MessagingKit> {
    const kit = await openMessaging({ url: server.url, access: accessOf(user), ...options }, log);
    kits.push(kit);
    return kit;
  }

  it('waits for its streams until a service that may has made them', async () => {
    const waiting = openAs('worker', WORKER);
    await eventually(() => lines.some(({ msg }) => msg.startsWith('waiting for the streams')));
    await openAs('gateway');
    expect((await waiting).publisher.events.partitions).toBe(16);
  });

  it('is told at once what it may not do, and the log says what to grant', async () => {
    await openAs('gateway');
    const { publisher, kv } = await openAs('worker', WORKER);
    const startedAt = performance.now();
    const refusal = { code: 'not-permitted', retryable: false };
    const status = publisher.events.status({ callId: 'c', status: 'in-progress', at: 1 });
    await expect(publisher.publish(status)).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining(`may not publish to ${status.subject}`),
    });
    await expect(kv.bucket('control').get('key')).rejects.toMatchObject(refusal);
    await expect(kv.bucket('control').watch({ onEntry: () => undefined })).rejects.toMatchObject(refusal);
    await expect(kv.bucket('control').put('key', '{}')).rejects.toMatchObject(refusal);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    const refused = [
      status.subject,
      '$JS.API.STREAM.MSG.GET.KV_control',
      '$JS.API.STREAM.INFO.KV_control',
      '$KV.control.key',
    ];
    await eventually(() => lines.filter(({ level }) => level === 'error').length === refused.length);
    expect(lines.filter(({ level }) => level === 'error').map(({ subject }) => subject)).toEqual(refused);
  });

  it('takes the jobs of its own tools, and cannot ask for those of others', async () => {
    const gateway = await openAs('gateway');
    const { strategy, publisher } = await openAs('appointments-worker', WORKER);
    const taken: string[] = [];
    const take = async ({ callId, toolCallId, tool }: { callId: string; toolCallId: string; tool: string }) => {
      taken.push(toolCallId);
      await publisher.publish(publisher.events.result(aResult({ callId, toolCallId, tool })));
    };
    const pattern = Subjects.toolCallsOfTool('find_slots');
    const extras = { durable: workerDurable('find_slots'), stream: Streams.ToolCalls };
    strategy.addHandler(pattern, take as never, true, extras);
    expect(await new Promise((resolve) => strategy.listen(resolve))).toBeUndefined();
    await gateway.publisher.publish(
      gateway.publisher.events.toolCall(aToolCall({ tool: 'find_slots', toolCallId: 't' })),
    );
    await eventually(() => taken.includes('t'));
    await strategy.close();

    const other = await openAs('appointments-worker', WORKER);
    const foreign = { durable: workerDurable('build_report'), stream: Streams.ToolCalls };
    other.strategy.addHandler(Subjects.toolCallsOfTool('build_report'), take as never, true, foreign);
    const failure = await new Promise((resolve) => other.strategy.listen(resolve));
    expect(failure).toMatchObject({ code: 'not-permitted' });
  });

  it.each([
    ['an unknown password', { user: 'gateway', password: 'wrong' }, 'does not let the user gateway in'],
    ['no user', undefined, 'set NATS_USER and NATS_PASSWORD'],
  ])('does not start with %s, and says what to look at', async (_, access, text) => {
    const opening = MessagingConnection.open({ url: server.url, service: 'spec', access }, log);
    await expect(opening).rejects.toMatchObject({ code: 'not-permitted', message: expect.stringContaining(text) });
  });

  it('learns that its password is not valid any more', async () => {
    const env = { SPEC_PASSWORD: 'first' };
    const config = 'authorization { user: one, password: $SPEC_PASSWORD }';
    const changing = await NatsServer.start({ env, config });
    try {
      const access = { user: 'one', password: 'first' };
      const connection = await MessagingConnection.open({ url: changing.url, service: 'spec', access }, log);
      const lost = new Promise((resolve) => {
        connection.onLost(resolve);
      });
      env.SPEC_PASSWORD = 'second';
      await changing.restart();
      expect(await lost).toMatchObject({ code: 'not-permitted' });
      expect(lines.map(({ msg }) => msg)).toContain('the connection to NATS is closed for good');
    } finally {
      await changing.dispose();
    }
  });
});

import { eventually, NatsServer } from '@interject/testing';
import { describe, expect, it } from '@jest/globals';
import { openMessaging } from '../testing/messaging-kit.js';

describe('a reader that has stopped', () => {
  it('leaves nothing behind for long, though it deletes no consumer', async () => {
    const server = await NatsServer.start();
    const kit = await openMessaging({ url: server.url });
    try {
      const { streams } = kit.connection.manager;
      const consumers = async (): Promise<number> => (await streams.info('CALL_EVENTS')).state.consumer_count;
      const reader = await kit.reader.read({ stream: 'CALL_EVENTS', subject: 'calls.>', onMessage: () => undefined });
      await reader.stop();
      expect(await consumers()).toBe(1);
      await eventually(async () => (await consumers()) === 0, { timeoutMs: 15_000, intervalMs: 250 });
    } finally {
      await kit.close();
      await server.dispose();
    }
  }, 30_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets, Streams, Subjects, workerDurable } from '@interject/contracts';
import { accessOf, openMessaging, startSecuredNats } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import type { MessagingOptions } from '@interject/messaging';
import { aToolCall, eventually } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { run, Screen } from '../interject.spec-kit.js';

/** As the operator of an installation with access control: what the command needs is granted. */
describe('interject partitions', () => {
  let server: NatsServer;
  const open = async (user: string, more: Partial<MessagingOptions> = {}): Promise<MessagingKit> =>
    openMessaging({ url: server.url, access: accessOf(user), ...more });
  const change = (...args: string[]): Promise<Screen> =>
    run(server.url, ['partitions', ...args], {}, new Screen(), accessOf('operator'));

  beforeAll(async () => {
    server = await startSecuredNats();
    await (await open('gateway')).close();
  });
  afterAll(() => server.dispose());

  it('shows the number, and refuses what is none', async () => {
    expect((await change()).text).toMatch(/^16 partitions, since \d+s\.$/);
    expect((await change('16')).text).toBe('There are 16 partitions already: nothing to do.');
    for (const wrong of ['0', '1000', 'x']) await expect(change(wrong)).rejects.toThrow('is 1 to 256');
  });

  it('refuses while services run or something is left to do, and changes it afterwards', async () => {
    const gateway = await open('gateway');
    const watch = await gateway.kv.bucket(Buckets.Tools).watch({ onEntry: () => undefined });
    await expect(change('32')).rejects.toThrow('gateways still run');
    await watch.stop();

    const { events } = gateway.publisher;
    const call = aToolCall({ callId: 'call-1' });
    await gateway.publisher.publish(events.status({ callId: 'call-1', status: 'in-progress', at: 1 }));
    await gateway.publisher.publish(events.toolCall(call));
    const worker = await open('http-worker', {
      stores: [Streams.ToolCalls, Streams.CallEvents, Buckets.Settings],
      makesStreams: false,
    });
    const durable = workerDurable(call.tool);
    let isDone = false;
    const handler = async (): Promise<void> => {
      await eventually(() => isDone);
    };
    worker.strategy.addHandler(Subjects.toolCallsOfTool(call.tool), handler as never, true, {
      stream: Streams.ToolCalls,
      durable,
    });
    await new Promise((resolve) => {
      worker.strategy.listen(resolve);
    });
    await expect(change('32')).rejects.toThrow(/workers still run[^]*worker-build_report has 1 message to do/);
    isDone = true;
    await worker.strategy.close();
    await worker.close();

    await eventually(
      async () => {
        await expect(change('32')).rejects.toThrow('1 call began in the last 24 hours');
        // Nothing else stands in the way any more.
        await expect(change('32')).rejects.not.toThrow('still run');
        return true;
      },
      { timeoutMs: 15_000, intervalMs: 500 },
    );
    await gateway.publisher.publish(events.ended({ callId: 'call-1', at: 2 }));
    expect((await change('32')).text).toContain('32 partitions, 16 before. Start the services');
    await gateway.close();
  }, 40_000);

  it('is what services start with then, and one that wants another number does not start', async () => {
    const notifier = await open('notifier');
    expect(notifier.publisher.events.partitions).toBe(32);
    await notifier.close();
    const refusal = { code: 'partition-mismatch', message: expect.stringContaining('npm run interject -- partitions') };
    await expect(open('notifier', { partitions: 16 })).rejects.toMatchObject(refusal);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets, Streams } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { SystemClock } from '@interject/observability';
import { aToolDefinition, eventually, NatsServer } from '@interject/testing';
import { startGateway } from '../testing/start-gateway.js';
import type { RunningGateway } from '../testing/start-gateway.js';
import { toolCallsWebhook } from '../testing/tool-calls-body.js';
import type { ToolState } from './tool-state.types.js';

/** Spans pass 30 times as fast: a dead worker is given up on in half a second. */
class FastClock extends SystemClock {
  override monotonic(): number {
    return super.monotonic() * 30;
  }
}

describe('a tool whose worker is gone', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let gateway: RunningGateway;
  let timer: NodeJS.Timeout;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    for (const name of ['served', 'build_report']) {
      await kit.kv.bucket(Buckets.Tools).put(name, JSON.stringify(aToolDefinition({ name, worker: `${name}-worker` })));
    }
    // A heartbeat every second of that clock.
    timer = setInterval(() => {
      void beat('served');
    }, 33);
    gateway = await startGateway(server.url, { clock: new FastClock() });
  }, 20_000);
  afterAll(async () => {
    clearInterval(timer);
    await gateway.stop();
    await kit.close();
    await server.dispose();
  });

  async function beat(tool: string): Promise<void> {
    const replica = `replica-of-${tool.replaceAll('_', '-')}`;
    const heartbeat = { worker: `${tool}-worker`, replica, tools: [{ name: tool, version: '1' }], startedAt: 1 };
    await kit.kv.bucket(Buckets.Workers).put(replica, JSON.stringify(heartbeat));
  }

  async function states(): Promise<ToolState[]> {
    return ((await gateway.get('/tools', gateway.apiKey)).body as { tools: ToolState[] }).tools;
  }

  async function count(): Promise<number> {
    return (await kit.connection.manager.streams.info(Streams.ToolCalls)).state.messages;
  }

  it('is refused at once, but for what was taken while it lived, and taken again when it is back', async () => {
    const accepted = await gateway.post(toolCallsWebhook([{ id: 'one' }]));
    expect(accepted.body).toMatchObject({ results: [{ result: expect.stringMatching(/^Accepted/) }] });
    await eventually(async () => (await states()).some(({ status }) => status === 'no-worker'));
    expect(await states()).toMatchObject([
      { name: 'build_report', status: 'no-worker', definition: { worker: 'build_report-worker' }, replicas: [] },
      {
        name: 'served',
        status: 'live',
        replicas: [{ replica: 'replica-of-served', worker: 'served-worker', version: '1' }],
      },
    ]);
    const before = await count();
    const refused = await gateway.post(toolCallsWebhook([{ id: 'two' }, { id: 'three', name: 'served' }]));
    expect(refused).toMatchObject({
      status: 200,
      body: {
        results: [
          {
            toolCallId: 'two',
            error: expect.stringMatching(/cannot be done now.*do not call the tool again right away/),
          },
          { toolCallId: 'three', result: expect.stringMatching(/^Accepted/) },
        ],
      },
    });
    expect(await count()).toBe(before + 1);
    const told = await kit.reader.last(Streams.CallEvents, 'calls.*.*.result.*');
    expect(JSON.parse(Buffer.from(told?.data ?? []).toString())).toMatchObject({
      toolCallId: 'two',
      outcome: 'failed',
      failure: { code: 'no-worker' },
      text: expect.stringMatching(/./),
    });
    expect(await gateway.metrics()).toMatch(
      /interject_tool_calls_total\{tool="build_report",disposition="no-worker"\} 1/,
    );
    expect(await gateway.post(toolCallsWebhook([{ id: 'one' }]))).toEqual(accepted);
    expect(await count()).toBe(before + 1);

    await beat('build_report');
    await eventually(async () => {
      const { body } = await gateway.post(toolCallsWebhook([{ id: 'four' }]));
      return JSON.stringify(body).includes('Accepted');
    });
    expect(await count()).toBe(before + 2);
  }, 20_000);
});

import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { HEARTBEAT_MS, parseJson, WorkerHeartbeat } from '@interject/contracts';
import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { compileTools } from '../definition/compile-tools.js';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { Heartbeat } from './heartbeat.js';
import { replicaId } from './replica-id.js';

const registration = handlerRegistration(
  { name: 'a', description: 'A tool.', arguments: NoArguments },
  { run: () => 1 },
  'A',
);
const { tools } = compileTools([registration], 'reports-worker');

class FakeBucket {
  readonly writes: string[] = [];
  isAway = false;
  value: string | undefined;

  async put(key: string, value: Uint8Array | string): Promise<number> {
    if (this.isAway) throw new Error('away');
    this.writes.push(key);
    this.value = String(value);
    return this.writes.length;
  }

  async delete(): Promise<void> {
    if (this.isAway) throw new Error('away');
    this.value = undefined;
  }
}

function setUp() {
  const clock = new VirtualClock();
  const bucket = new FakeBucket();
  const ports = { bucket, clock, log: Log.silent(), worker: 'reports-worker', replica: replicaId('reports-worker') };
  return { clock, bucket, replica: ports.replica, heartbeat: new Heartbeat(ports) };
}

describe('Heartbeat', () => {
  it('beats at once and from then on, until it stops, and takes its entry along', async () => {
    const { clock, bucket, heartbeat, replica } = setUp();
    const startedAt = clock.now();
    heartbeat.start(tools);
    await clock.advance(3 * HEARTBEAT_MS);
    expect(bucket.writes).toEqual([replica, replica, replica, replica]);
    expect({ ...parseJson(WorkerHeartbeat, bucket.value ?? '') }).toEqual({
      worker: 'reports-worker',
      replica,
      tools: [{ name: 'a', version: tools[0]?.definition.version }],
      startedAt,
    });
    await heartbeat.stop();
    expect(bucket.value).toBeUndefined();
    expect(clock.nextTimerAt()).toBeUndefined();
    heartbeat.refresh();
    await clock.advance(60_000);
    expect(bucket.writes).toHaveLength(4);
  });

  it('beats at once when it is refreshed, and keeps its pace from there', async () => {
    const { clock, bucket, heartbeat } = setUp();
    heartbeat.start(tools);
    await clock.advance(HEARTBEAT_MS - 1000);
    heartbeat.refresh();
    await clock.advance(1000);
    expect(bucket.writes).toHaveLength(2);
    await clock.advance(HEARTBEAT_MS - 1000);
    expect(bucket.writes).toHaveLength(3);
  });

  it('tries every second while the broker is away, and stops without it', async () => {
    const { clock, bucket, heartbeat } = setUp();
    bucket.isAway = true;
    heartbeat.start(tools);
    await clock.advance(10_500);
    bucket.isAway = false;
    await clock.advance(500);
    expect(bucket.writes).toHaveLength(1);
    bucket.isAway = true;
    await heartbeat.stop();
    expect(clock.nextTimerAt()).toBeUndefined();
  });
});

describe('replicaId', () => {
  it.each([
    ['reports-worker', /^reports-worker-[0-9a-f]{12}$/],
    ['My Worker / 2', /^my-worker-2-[0-9a-f]{12}$/],
    ['工', /^worker-[0-9a-f]{12}$/],
    ['x'.repeat(100), /^x{40}-[0-9a-f]{12}$/],
  ])('of %s fits a KV key and is unique', (worker, pattern) => {
    expect(replicaId(worker)).toMatch(pattern);
    expect(replicaId(worker)).not.toBe(replicaId(worker));
  });
});

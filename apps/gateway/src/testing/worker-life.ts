import { Buckets, HEARTBEAT_MS } from '@interject/contracts';
import type { MessagingKit } from '@interject/messaging/testing';

/** Heartbeats of a worker that does nothing else. */
export interface WorkerLife {
  stop(): void;
}

/** Keeps tools of a spec served, as far as a gateway can tell; survives restarts of NATS. */
export async function startWorkerLife(kit: MessagingKit, tools: readonly string[]): Promise<WorkerLife> {
  const heartbeat = JSON.stringify({
    worker: 'reports-worker',
    replica: 'reports-worker-of-spec',
    tools: tools.map((name) => ({ name, version: '1' })),
    startedAt: Date.now(),
  });
  const beat = (): Promise<number> => kit.kv.bucket(Buckets.Workers).put('reports-worker-of-spec', heartbeat);
  await beat();
  const timer = setInterval(() => {
    // NATS is away: the next one comes soon.
    beat().catch(() => undefined);
  }, HEARTBEAT_MS);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}

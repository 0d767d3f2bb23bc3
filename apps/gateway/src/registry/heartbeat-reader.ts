import { LRUCache } from 'lru-cache';
import { parseJson, WorkerHeartbeat } from '@interject/contracts';
import type { KvEntry } from '@interject/messaging';
import type { Log } from '@interject/observability';

const REMEMBERED_COMPLAINTS = 1000;

/** Reads entries of KV `workers`. What does not fit is said once per replica, not with each of its heartbeats. */
export class HeartbeatReader {
  private readonly complaints = new LRUCache<string, true>({ max: REMEMBERED_COMPLAINTS });

  constructor(private readonly log: Log) {}

  /** @returns undefined when it is to be ignored */
  read({ key, value }: Pick<KvEntry, 'key' | 'value'>): WorkerHeartbeat | undefined {
    let problem: unknown;
    try {
      const heartbeat = parseJson(WorkerHeartbeat, value);
      if (heartbeat.replica === key) {
        this.complaints.delete(key);
        return heartbeat;
      }
    } catch (error) {
      problem = error;
    }
    if (!this.complaints.has(key)) {
      this.complaints.set(key, true);
      this.log.warn('heartbeats ignored: they do not fit, is the worker of another release?', {
        replica: key,
        ...(problem === undefined ? { reason: 'it names another replica' } : { error: problem }),
      });
    }
    return undefined;
  }
}

import type { FloorWebhook } from '@interject/vapi';

/**
 * Speech events that are dropped first. Without the caller's "started" somebody is talked over, without a "stopped" all that
 * waits to be said does so for seconds. The assistant's "started" costs least: speech sent then queues behind it (VAPI.md 2.4).
 */
export function isDispensable({ speaker, change }: Pick<FloorWebhook, 'speaker' | 'change'>): boolean {
  return change === 'said' || (speaker === 'assistant' && change === 'started');
}

import { stringify } from 'yaml';
import { ASYNC_TOOL, SYNC_TOOL } from '../vapi/webhook-messages.js';

/** How long the gateway keeps a sync tool's webhook open for an inline answer. */
const GRACE_MS = 600;

/** The tools file of the workers: both do the backend's job and say its text. @param wishes of a fault, for both */
export function faultTools(backendUrl: string, wishes: Readonly<Record<string, unknown>> = {}): string {
  const tool = (name: string, graceMs: number): object => ({
    name,
    description: 'Does a job.',
    parameters: {
      type: 'object',
      properties: { text: { type: 'string' }, ms: { type: 'integer' } },
      required: ['text', 'ms'],
    },
    request: { method: 'POST', url: `${backendUrl}/jobs` },
    timeoutMs: 60_000,
    retry: { attempts: 3, backoffMs: 200 },
    graceMs,
    say: '{{ result.text }}',
    ...wishes,
  });
  return stringify({ tools: [tool(ASYNC_TOOL, 0), tool(SYNC_TOOL, GRACE_MS)] });
}

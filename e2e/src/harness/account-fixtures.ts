import { CREDENTIAL } from './simulated-account.js';
import type { Fields } from './simulated-account.js';

export const ASSISTANT = '7d1c1f0e-0a61-4b8e-9a1e-2f6f3c5d9b01';

/** What an assistant sends to a gateway that lives on it. */
export const SERVER_MESSAGES = [
  'tool-calls',
  'status-update',
  'speech-update',
  'user-interrupted',
  'end-of-call-report',
  'assistant.started',
];
const BACKOFF_PLAN = {
  type: 'exponential',
  maxRetries: 3,
  baseDelaySeconds: 1,
  excludedStatusCodes: [400, 401, 403, 404, 413, 422],
};

/** The server of a tool of ours. */
export const serverOf = (webhook: string, timeoutSeconds: number): Fields => ({
  url: webhook,
  timeoutSeconds,
  credentialId: CREDENTIAL,
  backoffPlan: BACKOFF_PLAN,
});

/** A tool as somebody made it by hand. */
export const handMade = (id: string, name: string, url: string, more: Fields = {}): Fields => ({
  id,
  type: 'function',
  function: { name },
  server: { url },
  ...more,
});

/** The only assistant of an account, all in order but for what `more` says. */
export const assistantWith = (webhook: string, toolIds: readonly string[], more: Fields = {}): Fields => ({
  id: ASSISTANT,
  name: 'Shop',
  model: {
    provider: 'openai',
    model: 'gpt-4o',
    temperature: 0.3,
    messages: [{ role: 'system', content: 'x' }],
    toolIds,
  },
  server: { url: webhook, credentialId: CREDENTIAL },
  serverMessages: SERVER_MESSAGES,
  ...more,
});

import { callIdOf, regionOf, toolCallIdOf } from '../load/call-ids.js';
import { WebhookClient } from '../load/webhook-client.js';
import { inTurns } from './in-turns.js';
import { PENDING_TOOL } from './pending-tool.js';
import { persistently } from './persistently.js';

const SENT_AT_ONCE = 32;
/** Calls are quiet for as long as the bench takes: Vapi's timers must not come near. */
const LIMITS = { silenceTimeoutSeconds: 3600, maxDurationSeconds: 43_200 } as const;

/** What the floor has seen of each call before its tool call: a greeting, and what the caller wants. */
const TURNS = [
  { role: 'assistant', status: 'started', turn: 0 },
  { role: 'assistant', status: 'stopped', turn: 0 },
  { role: 'user', status: 'started', turn: 1 },
  { role: 'user', status: 'stopped', turn: 1 },
] as const;

/** Calls that stay live with a pending tool call each, told by webhooks. */
export class LiveCalls {
  private readonly client: WebhookClient;

  constructor(
    webhookUrl: string,
    headers: Readonly<Record<string, string>>,
    private readonly sinkOrigin: string,
    private readonly run: number,
  ) {
    this.client = new WebhookClient(webhookUrl, headers);
  }

  /** `count` calls, the first one numbered `from`. @throws Error when a webhook is refused */
  async begin(from: number, count: number): Promise<void> {
    await inTurns(count, SENT_AT_ONCE, async (at) => {
      const index = from + at;
      await this.tell(index, { type: 'status-update', status: 'in-progress', assistant: LIMITS });
      for (const turn of TURNS) await this.tell(index, { type: 'speech-update', ...turn });
      await this.tell(index, toolCallOf(index));
    });
  }

  async end(from: number, count: number): Promise<void> {
    await inTurns(count, SENT_AT_ONCE, (at) =>
      this.tell(from + at, { type: 'status-update', status: 'ended', endedReason: 'customer-ended-call' }),
    );
  }

  private async tell(index: number, message: object): Promise<void> {
    const id = callIdOf(this.run, index);
    const call = { id, type: 'inboundPhoneCall', monitor: { controlUrl: `${this.sinkOrigin}/${id}/control` } };
    const body = JSON.stringify({ message: { ...message, timestamp: Date.now(), call } });
    await persistently('A webhook is refused again and again: is a store full?', () => this.client.post(body));
  }
}

function toolCallOf(index: number): object {
  const toolCall = {
    id: toolCallIdOf(index),
    type: 'function',
    function: { name: PENDING_TOOL, arguments: { region: regionOf(index) } },
  };
  return {
    type: 'tool-calls',
    toolCallList: [toolCall],
    toolWithToolCallList: [{ type: 'function', async: true, toolCall }],
  };
}

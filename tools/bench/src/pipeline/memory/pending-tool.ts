import { Buckets, HEARTBEAT_MS, TOOL_DEFAULTS } from '@interject/contracts';
import type { ToolDefinition } from '@interject/contracts';
import { MessagingOperator } from '@interject/messaging';
import { callIdOf, regionOf, toolCallIdOf } from '../load/call-ids.js';
import { sentenceOf } from '../system.types.js';
import { inTurns } from './in-turns.js';
import { persistently } from './persistently.js';

/** A tool whose jobs take as long as the bench wants: its worker is the bench itself. */
export const PENDING_TOOL = 'slow_report';

const WORKER = 'bench-pending';
const HOUR_MS = 3_600_000;
const PUBLISHED_AT_ONCE = 64;

const DEFINITION: ToolDefinition = {
  ...TOOL_DEFAULTS,
  name: PENDING_TOOL,
  description: 'Builds a large report of a district.',
  parameters: { type: 'object', properties: { region: { type: 'string' } }, required: ['region'] },
  worker: WORKER,
  version: '1',
  graceMs: 0,
  timeoutMs: HOUR_MS,
  queueExpiryMs: HOUR_MS,
  // The sink never speaks: without this each call would get a second, silent message.
  speech: { onUnconfirmed: 'drop' },
};

export class PendingTool {
  private constructor(
    private readonly operator: MessagingOperator,
    private readonly beating: NodeJS.Timeout,
  ) {}

  /** Offers the tool, as a worker does: from here on the gateway takes its calls. */
  static async offer(natsUrl: string): Promise<PendingTool> {
    const operator = await MessagingOperator.open({ url: natsUrl, service: WORKER });
    await operator.kv.bucket(Buckets.Tools).put(PENDING_TOOL, JSON.stringify(DEFINITION));
    const life = {
      worker: WORKER,
      replica: WORKER,
      tools: [{ name: PENDING_TOOL, version: '1' }],
      startedAt: Date.now(),
    };
    const beat = async (): Promise<number> => operator.kv.bucket(Buckets.Workers).put(WORKER, JSON.stringify(life));
    await beat();
    // One that fails is made up for by the next.
    const beating = setInterval(() => void beat().catch(() => undefined), HEARTBEAT_MS);
    return new PendingTool(operator, beating);
  }

  /** The results of the tool calls of `count` calls, the first one numbered `from`. */
  async finish(run: number, from: number, count: number, requestedAt: number): Promise<void> {
    const { publisher } = this.operator;
    await inTurns(count, PUBLISHED_AT_ONCE, async (at) => {
      const index = from + at;
      const result = publisher.events.result({
        callId: callIdOf(run, index),
        toolCallId: toolCallIdOf(index),
        tool: PENDING_TOOL,
        outcome: 'succeeded',
        text: sentenceOf(regionOf(index)),
        attempts: 1,
        requestedAt,
        at: Date.now(),
      });
      // A repeat of one that was stored after all is recognised.
      await persistently('A result cannot be stored: is a stream full?', () =>
        publisher.publish(result).then(
          () => true,
          () => false,
        ),
      );
    });
  }

  async close(): Promise<void> {
    clearInterval(this.beating);
    await this.operator.close();
  }
}

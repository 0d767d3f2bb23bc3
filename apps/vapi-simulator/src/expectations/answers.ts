import type { CallEvent } from '../transcript/transcript.types.js';
import type { ReplyEntry } from '../webhooks/reply.js';

/** One delivery of a webhook with tool calls and its last answer. */
export interface ToolCallDelivery {
  readonly delivery: number;
  readonly tools: readonly string[];
  /** Undefined when it was never answered. */
  readonly status: number | undefined;
  readonly problem: string | undefined;
  readonly attempts: number;
  readonly entries: readonly ReplyEntry[];
}

/** All deliveries of tool calls in a call, each with what its last attempt brought. */
export function collectDeliveries(events: readonly CallEvent[]): readonly ToolCallDelivery[] {
  return events
    .filter((event) => event.type === 'tool-calls-sent')
    .map(({ delivery, calls }) => {
      const answers = events
        .filter((event) => event.type === 'webhook-answered')
        .filter((e) => e.delivery === delivery);
      const last = answers.at(-1);
      return {
        delivery,
        tools: calls.map((call) => call.tool),
        status: last?.status,
        problem: last?.problem,
        attempts: answers.length,
        entries: last?.entries ?? [],
      };
    });
}

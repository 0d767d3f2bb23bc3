import type { ToolCallFinished } from '@interject/contracts';

/**
 * Why a tool call is worth to be kept: it did not get its result in time, or for a reason that may pass. What its handler
 * refused, what was cancelled and what succeeded would end alike.
 */
export function letterReason({ outcome, failure }: ToolCallFinished): string | undefined {
  switch (outcome) {
    case 'succeeded':
    case 'cancelled':
      return undefined;
    case 'timed-out':
    case 'expired':
      return failure?.code ?? outcome;
    case 'failed':
      return failure?.retryable === true ? failure.code : undefined;
  }
}

import type { ToolCallOutcome } from '@interject/contracts';

/** What became of a callback; a metric label. */
export const CallbackOutcomes = [
  'accepted',
  /** A repeat, or the second of a success and a failure. */
  'known',
  /** The tool call had its result already: it timed out or was cancelled. */
  'late',
  'expired',
  'forged',
  'not-configured',
  'invalid',
  'too-large',
  'unsupported-type',
  /** Too many at a time, of this token or of all. */
  'busy',
  /** Its body did not come within 10 s. */
  'too-slow',
  'unavailable',
  /** The sender hung up. */
  'aborted',
  'error',
] as const;
export type CallbackOutcome = (typeof CallbackOutcomes)[number];

/** The outcome of an answer that nobody else told: the body was refused, or what is needed is away. */
export function outcomeOfStatus(status: number): CallbackOutcome {
  switch (status) {
    case 400:
      return 'invalid';
    case 413:
      return 'too-large';
    case 415:
      return 'unsupported-type';
    case 503:
      return 'unavailable';
    default:
      return 'error';
  }
}

/** What the sender of a callback is told that nobody waits for. @param state how the tool call ended, if that can be read */
export function goneBody(state: ToolCallOutcome | undefined): Readonly<Record<string, unknown>> {
  return {
    statusCode: 410,
    error: 'Gone',
    message: 'The tool call has its result already: nobody waits for this callback any more.',
    ...(state === undefined ? {} : { state }),
  };
}

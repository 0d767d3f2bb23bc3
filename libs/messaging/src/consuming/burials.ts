import type { Clock, Log } from '@interject/observability';
import { toMessagingError } from '../connection/nats-failure.js';
import { MessagingErrorCodes } from '../messaging.errors.js';
import type { MessagingError } from '../messaging.errors.js';
import type { StoredMessage } from '../reading/stored-message.js';
import type { Burial, DeadLetters } from './dead-letters.js';

/** A letter that is not needed to bring a job to its end is given up after so many tries: some 15 s. */
const MAX_TRIES = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** One line tells of all letters that could not be stored meanwhile. */
const WARNING_EVERY_MS = 60_000;
/** Tries are counted for so many letters: a forgotten one has as many again. */
const MAX_COUNTED = 10_000;

/** What became of a letter. */
export type BurialEnd =
  | { readonly kind: 'stored' }
  /** It comes again, after so long. */
  | { readonly kind: 'again'; readonly delayMs: number }
  /** It is lost: what it tells of has been dealt with, and must not stand in the way of others. */
  | { readonly kind: 'lost' };

/**
 * Stores dead letters, and decides what becomes of one that cannot be stored: while DEAD_LETTERS is full or away, tools
 * work on. One for all consumers of a process.
 */
export class Burials {
  private readonly tries = new Map<string, number>();
  private warnedAt: number | undefined;
  private failures = 0;
  private lost = 0;

  constructor(
    private readonly deadLetters: Pick<DeadLetters, 'bury'>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * @param isDealtWith true if the message has been handled, e.g. the job has its result: its letter may be lost, if need
   *   be. Nothing else is left of a message that no handler can do: it is tried for ever
   */
  async bury(message: StoredMessage, burial: Burial, isDealtWith: boolean): Promise<BurialEnd> {
    const id = `${burial.durable}.${String(message.sequence)}`;
    try {
      await this.deadLetters.bury(message, burial);
      this.tries.delete(id);
      return { kind: 'stored' };
    } catch (error) {
      const failure = toMessagingError('Storing a dead letter', error);
      const tries = this.tried(id);
      const end = isDealtWith && isHopeless(failure, tries) ? ({ kind: 'lost' } as const) : again(tries);
      if (end.kind === 'lost') this.tries.delete(id);
      this.warn(burial, failure, end);
      return end;
    }
  }

  private tried(id: string): number {
    const tries = (this.tries.get(id) ?? 0) + 1;
    this.tries.delete(id);
    this.tries.set(id, tries);
    const [oldest] = this.tries.keys();
    if (this.tries.size > MAX_COUNTED && oldest !== undefined) this.tries.delete(oldest);
    return tries;
  }

  private warn({ durable, stream, reason }: Burial, error: MessagingError, end: BurialEnd): void {
    this.failures += 1;
    if (end.kind === 'lost') this.lost += 1;
    const now = this.clock.monotonic();
    if (this.warnedAt !== undefined && now - this.warnedAt < WARNING_EVERY_MS) return;
    this.warnedAt = now;
    const { failures, lost } = this;
    this.failures = 0;
    this.lost = 0;
    this.log.warn('dead letters cannot be stored', { durable, stream, reason, failures, lost, error });
  }
}

/** While NATS is away a delivery cannot be settled either. */
function isHopeless({ code, retryable }: MessagingError, tries: number): boolean {
  if (code === MessagingErrorCodes.Disconnected) return false;
  return !retryable || code === MessagingErrorCodes.StoreFull || tries >= MAX_TRIES;
}

function again(tries: number): BurialEnd {
  return { kind: 'again', delayMs: Math.min(FIRST_WAIT_MS * 2 ** (Math.min(tries, 10) - 1), LONGEST_WAIT_MS) };
}

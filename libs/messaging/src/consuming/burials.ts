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
/**
 * Most letters that wait in this process to be stored. Each is a delivery that is not settled, and those count towards `max_ack_pending` (10,000 for all replicas): more of them would stop the tool.
 */
export const MAX_WAITING_LETTERS = 200;
/** Who has not come again for so long is with another replica, or settled there. */
const FORGOTTEN_AFTER_MS = 3 * LONGEST_WAIT_MS;

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
  /** In the order of their last try. */
  private readonly waiting = new Map<string, { readonly tries: number; readonly at: number }>();
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
   *   be. Nothing else is left of a message that no handler can do: it is tried for ever, unless
   *   {@link MAX_WAITING_LETTERS} others wait. It stays in its stream as long as that keeps it (24 h)
   */
  async bury(message: StoredMessage, burial: Burial, isDealtWith: boolean): Promise<BurialEnd> {
    const id = `${burial.durable}.${String(message.sequence)}`;
    try {
      await this.deadLetters.bury(message, burial);
      this.waiting.delete(id);
      return { kind: 'stored' };
    } catch (error) {
      const failure = toMessagingError('Storing a dead letter', error);
      const tries = this.tried(id);
      const isExpendable = this.isOverfull(failure) || (isDealtWith && isHopeless(failure, tries));
      const end = isExpendable ? ({ kind: 'lost' } as const) : again(tries);
      if (end.kind === 'lost') this.waiting.delete(id);
      this.warn(burial, message.sequence, failure, end);
      return end;
    }
  }

  private tried(id: string): number {
    const at = this.clock.monotonic();
    const tries = (this.waiting.get(id)?.tries ?? 0) + 1;
    this.waiting.delete(id);
    this.waiting.set(id, { tries, at });
    for (const [oldest, last] of this.waiting) {
      if (at - last.at < FORGOTTEN_AFTER_MS) break;
      this.waiting.delete(oldest);
    }
    return tries;
  }

  private isOverfull({ code }: MessagingError): boolean {
    return code !== MessagingErrorCodes.Disconnected && this.waiting.size > MAX_WAITING_LETTERS;
  }

  /** @param sequence of the newest one: what is lost is still in its stream for a while */
  private warn({ durable, stream, reason }: Burial, sequence: number, error: MessagingError, end: BurialEnd): void {
    this.failures += 1;
    if (end.kind === 'lost') this.lost += 1;
    const now = this.clock.monotonic();
    if (this.warnedAt !== undefined && now - this.warnedAt < WARNING_EVERY_MS) return;
    this.warnedAt = now;
    const { failures, lost } = this;
    this.failures = 0;
    this.lost = 0;
    this.log.warn('dead letters cannot be stored', { durable, stream, sequence, reason, failures, lost, error });
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

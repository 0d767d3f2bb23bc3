import { ErrorCodes, isUnknownVersion, REPLAY_FOR_HEADER } from '@interject/contracts';
import { DeadLetterError } from '@interject/messaging';
import type { Clock, Log } from '@interject/observability';
import { runAttempt } from '../execution/attempt.js';
import type { AttemptOutcome } from '../execution/attempt.js';
import { isRetryable, retryAfterMs } from '../execution/job-end.js';
import { JobSignal } from '../execution/job-signal.js';
import type { JobDelivery } from '../execution/job.types.js';
import { HandlerCallEventContext } from './call-event-context.js';
import { CallEventRetryError } from './call-event.errors.js';
import type { CallEventRegistration, ParsedCallEvent } from './call-event-registration.js';
import type { HandledCallEvent } from './call-event.types.js';
import { redeliveryDelayMs } from './redelivery-delay.js';

/** What the execution knows of a delivery; a `DeliveryContext` of @interject/messaging fits. */
export interface CallEventDelivery extends Pick<JobDelivery, 'deliveryCount' | 'signal' | 'holdFor'> {
  readonly storedAt: number;
  readonly headers?: JobDelivery['headers'];
}

export const HandlingOutcomes = ['handled', 'retried', 'dead-letter', 'handed-back'] as const;
export type HandlingOutcome = (typeof HandlingOutcomes)[number];

/** Hears what becomes of events; made into metrics. */
export interface CallEventObserver {
  /** @param waitedMs from the storing of the event to the start of its first attempt */
  started(event: HandledCallEvent, waitedMs: number): void;
  ended(event: HandledCallEvent, outcome: HandlingOutcome, durationMs: number): void;
}

export interface CallEventPorts {
  readonly clock: Clock;
  readonly observer: CallEventObserver;
  readonly log: Log;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /** The consumer that this execution works for: it skips what is replayed for others. */
  readonly durable?: string;
}

/** How a delivery ends, and what is thrown for it. */
interface Verdict {
  readonly outcome: HandlingOutcome;
  readonly error?: Error;
}

/** Deliveries beyond the attempts before an event counts as one that kills its workers. */
const SPARE_DELIVERIES = 2;
/** A handler that takes this much longer than its timeout hangs: its lease is not extended any more. */
const LEASE_MARGIN_MS = 30_000;
/** Each delivery counts as an attempt of whoever takes it then: few of them for a roll-out. */
const NEWER_REPLICA_MS = 30_000;
/** Fit to be a token of a subject. */
const REASON = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * Runs one handler of call events. Its promise resolves when the event is dealt with (acknowledge) and rejects with what
 * says how it goes on: come again after a wait, or become a dead letter.
 */
export class CallEventExecution {
  private readonly inFlight = new Map<string, Promise<void>>();

  constructor(
    private readonly registration: CallEventRegistration,
    private readonly ports: CallEventPorts,
  ) {}

  /** How many events are handled just now. */
  get running(): number {
    return this.inFlight.size;
  }

  /**
   * @param data of the message, as parsed from JSON
   * @throws ContractError when it is no such event: poison; DeadLetterError; CallEventRetryError
   */
  async handle(data: unknown, delivery: CallEventDelivery): Promise<void> {
    const { durable } = this.ports;
    const replayFor = delivery.headers?.[REPLAY_FOR_HEADER];
    // A dead letter of another handler is given to that one again: this one has dealt with the event.
    if (durable !== undefined && replayFor !== undefined && replayFor !== durable) return;
    delivery.holdFor?.(this.registration.timeoutMs + LEASE_MARGIN_MS);
    let parsed: ParsedCallEvent;
    try {
      parsed = this.registration.parse(data);
    } catch (error) {
      throw this.unread(error, delivery.deliveryCount);
    }
    // Delivered again while this process still works on it: its lease was lost while the broker was away.
    const running = this.inFlight.get(parsed.key);
    if (running !== undefined) return running;
    const handling = this.execute(parsed, delivery).finally(() => {
      this.inFlight.delete(parsed.key);
    });
    this.inFlight.set(parsed.key, handling);
    return handling;
  }

  /** What cannot be read is poison. What a newer release wrote waits for a replica of that release, but not for ever. */
  private unread(cause: unknown, deliveryCount: number): Error {
    const { event, retry } = this.registration;
    const isNewer = isUnknownVersion(cause);
    const mayWait = isNewer && deliveryCount < retry.attempts;
    this.ports.observer.ended(event, mayWait ? 'retried' : 'dead-letter', 0);
    if (mayWait) return new CallEventRetryError(ErrorCodes.UnknownVersion, NEWER_REPLICA_MS, { cause });
    if (isNewer) return new DeadLetterError(ErrorCodes.UnknownVersion, { cause });
    return cause as Error;
  }

  private async execute(parsed: ParsedCallEvent, delivery: CallEventDelivery): Promise<void> {
    const { clock, observer } = this.ports;
    const { event, retry } = this.registration;
    const startedAt = clock.monotonic();
    if (delivery.deliveryCount === 1) observer.started(event, Math.max(0, clock.now() - delivery.storedAt));
    const isLost = delivery.deliveryCount > retry.attempts + SPARE_DELIVERIES;
    const { outcome, error } = isLost
      ? { outcome: 'dead-letter' as const, error: new DeadLetterError(ErrorCodes.WorkerLost) }
      : this.judge(await this.attempt(parsed, delivery), delivery.deliveryCount);
    observer.ended(event, outcome, clock.monotonic() - startedAt);
    if (error !== undefined) throw error;
  }

  private async attempt({ event, key }: ParsedCallEvent, delivery: CallEventDelivery): Promise<AttemptOutcome> {
    const { clock, log } = this.ports;
    const { event: name, timeoutMs } = this.registration;
    const job = new JobSignal(delivery.signal);
    const { callId } = event;
    const { deliveryCount: attempt, storedAt } = delivery;
    const fields = { event: name, callId, attempt };
    try {
      return await runAttempt({
        clock,
        timeoutMs,
        job,
        run: ({ signal }) => {
          const context = new HandlerCallEventContext({ callId, attempt, idempotencyKey: key, storedAt, signal }, () =>
            log.child(fields),
          );
          return this.registration.handle(event, context);
        },
        onLate: ({ kind }) => {
          log.info('a handler of a call event ended after its time: let it heed context.signal', {
            ...fields,
            ended: kind,
          });
        },
      });
    } finally {
      job.close();
    }
  }

  private judge(ended: AttemptOutcome, deliveryCount: number): Verdict {
    switch (ended.kind) {
      case 'returned':
        return { outcome: 'handled' };
      case 'stopped':
        return { outcome: 'handed-back', error: new CallEventRetryError('shutdown', 0) };
      case 'threw':
        return isRetryable(ended.error)
          ? this.again(deliveryCount, ErrorCodes.HandlerFailed, ended.error)
          : buried(ErrorCodes.NonRetryable, ended.error);
      case 'deadline':
        return this.again(deliveryCount, ErrorCodes.DeadlineExceeded, undefined);
    }
  }

  private again(
    deliveryCount: number,
    code: typeof ErrorCodes.HandlerFailed | typeof ErrorCodes.DeadlineExceeded,
    cause: unknown,
  ): Verdict {
    const { retry } = this.registration;
    if (deliveryCount >= retry.attempts) return buried(code, cause);
    const waitMs = redeliveryDelayMs(retry, deliveryCount, retryAfterMs(cause), this.ports.random());
    return { outcome: 'retried', error: new CallEventRetryError(code, waitMs, { cause }) };
  }
}

/** The error's own word says more to operators than ours, if it has one in our manner. */
function buried(fallback: string, cause: unknown): Verdict {
  const { code } = (typeof cause === 'object' && cause !== null && 'retryable' in cause ? cause : {}) as {
    readonly code?: unknown;
  };
  const reason = typeof code === 'string' && REASON.test(code) ? code : fallback;
  return { outcome: 'dead-letter', error: new DeadLetterError(reason, { cause }) };
}

import { delay } from '@interject/observability';
import type { Clock } from '@interject/observability';
import type { Callback, CallbackAnswer } from '@interject/worker-sdk';
import { isSuccess } from '../backend/answer.js';
import type { BackendAnswer } from '../backend/answer.js';

/** What a backend that may call back says first: by its answer, or by its callback. */
export type FirstAnswer =
  | { readonly kind: 'answered'; readonly answer: BackendAnswer }
  | { readonly kind: 'called-back'; readonly answer: CallbackAnswer };

export interface CallbackExchange {
  readonly callback: Callback;
  readonly acceptStatuses: readonly number[];
  readonly clock: Clock;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  /** Sends the request; its signal ends that when the callback was first. */
  readonly ask: (signal: AbortSignal) => Promise<BackendAnswer>;
}

/** A result that is there does not wait longer for a broker that is away. */
const LOOK_MS = 1000;

/**
 * Asks a backend and listens for its callback meanwhile: a workflow that answers last calls back first, and of one whose
 * answer is lost the callback is all there is.
 *
 * @throws what `ask` threw, when nothing was called back; `signal.reason`
 */
export async function firstAnswer(exchange: CallbackExchange): Promise<FirstAnswer> {
  const { callback, acceptStatuses, signal, ask } = exchange;
  const calledBack = callback.answer().then((answer) => ({ kind: 'called-back', answer }) as const);
  const stop = new AbortController();
  const asked = ask(stop.signal).then(
    (answer) => ({ kind: 'answered', answer }) as const,
    (error: unknown) => ({ kind: 'failed', error }) as const,
  );
  try {
    const first = await Promise.race([calledBack, asked]);
    if (first.kind === 'called-back') return first;
    if (first.kind === 'answered' && acceptStatuses.includes(first.answer.status)) {
      await callback.handedOver();
      return await calledBack;
    }
    signal.throwIfAborted();
    // Stored before the answer came, and perhaps still on its way to here.
    const stored = await storedBy(first, exchange);
    if (stored !== undefined) return { kind: 'called-back', answer: stored };
    if (first.kind === 'failed') throw first.error;
    return first;
  } finally {
    stop.abort();
  }
}

/** After a failure it must be known, before the backend is asked again or the job is given up. */
async function storedBy(
  first: { readonly kind: 'failed' } | Extract<FirstAnswer, { kind: 'answered' }>,
  { callback, clock }: CallbackExchange,
): Promise<CallbackAnswer | undefined> {
  if (first.kind === 'failed' || !isSuccess(first.answer.status)) return callback.peek();
  const enough = new AbortController();
  try {
    return await Promise.race([callback.peek(), delay(clock, LOOK_MS, enough.signal).then(() => undefined)]);
  } finally {
    enough.abort();
  }
}

import { parse, RetryPolicy, Subjects } from '@interject/contracts';
import { isContractError } from '@interject/contracts';
import { CALL_EVENT_CONTRACTS } from './call-event-contracts.js';
import { CALL_EVENT_DEFAULTS } from './call-event.types.js';
import type {
  CallEventContext,
  CallEventHandlerOptions,
  CallEventListener,
  HandledCallEvent,
} from './call-event.types.js';

/** One handler of call events with every default filled in. */
export interface CallEventRegistration {
  readonly event: HandledCallEvent;
  readonly subject: string;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** Name of the class, for error texts. */
  readonly origin: string;
  /** Reads the event. @throws ContractError when it does not fit */
  parse(data: unknown): ParsedCallEvent;
  handle(event: object, context: CallEventContext): unknown;
}

export interface ParsedCallEvent {
  readonly event: { readonly callId: string };
  readonly key: string;
}

/** A registration, or what is wrong with the decorator's options and its class. */
export interface CompiledCallEvent {
  readonly registration?: CallEventRegistration;
  readonly problems: readonly string[];
}

const MAX_TIMEOUT_MS = 3_600_000;
const MAX_CONCURRENCY = 10_000;

function retryProblems(retry: RetryPolicy): string[] {
  try {
    parse(RetryPolicy, retry);
    return [];
  } catch (error) {
    if (!isContractError(error)) throw error;
    return error.problems.map(({ field, problem }) => `retry.${field} ${problem}`);
  }
}

function rangeProblems(field: string, value: number, max: number): string[] {
  const fits = Number.isInteger(value) && value >= 1 && value <= max;
  return fits ? [] : [`${field} must be an integer from 1 to ${String(max)}`];
}

function reader<E extends HandledCallEvent>(event: E): (data: unknown) => ParsedCallEvent {
  const contract = CALL_EVENT_CONTRACTS[event];
  return (data) => {
    const parsed = parse(contract.type, data);
    return { event: parsed, key: contract.key(parsed) };
  };
}

/** Completes and checks what a `@CallEventHandler` says. */
export function compileCallEvent(
  options: CallEventHandlerOptions,
  instance: unknown,
  origin: string,
): CompiledCallEvent {
  const { event } = options;
  if (!Object.hasOwn(CALL_EVENT_CONTRACTS, event)) {
    const known = Object.keys(CALL_EVENT_CONTRACTS).join(', ');
    return { problems: [`${origin}: there is no call event "${String(event)}"; known are ${known}`] };
  }
  const defaults = CALL_EVENT_DEFAULTS;
  const retry = {
    attempts: options.retry?.attempts ?? defaults.retry.attempts,
    backoffMs: options.retry?.backoffMs ?? defaults.retry.backoffMs,
  };
  const { timeoutMs = defaults.timeoutMs, concurrency = defaults.concurrency } = options;
  const listener = instance as CallEventListener<HandledCallEvent>;
  const problems = [
    ...(typeof (instance as Partial<typeof listener>).handle === 'function'
      ? []
      : ['has no handle(event, context) method: implement CallEventListener']),
    ...retryProblems(retry),
    ...rangeProblems('timeoutMs', timeoutMs, MAX_TIMEOUT_MS),
    ...rangeProblems('concurrency', concurrency, MAX_CONCURRENCY),
  ].map((problem) => `${origin} (call event "${event}"): ${problem}`);
  if (problems.length > 0) return { problems };
  const registration: CallEventRegistration = {
    event,
    subject: Subjects.callEventsNamed(event, CALL_EVENT_CONTRACTS[event].isKeyed),
    retry,
    timeoutMs,
    concurrency,
    origin,
    parse: reader(event),
    handle: (parsed, context) => listener.handle(parsed as never, context),
  };
  return { registration, problems };
}

/** Two handlers of an event in one app would share its consumer. */
export function duplicateEvents(registrations: readonly CallEventRegistration[]): string[] {
  const origins = new Map<string, string[]>();
  for (const { event, origin } of registrations) origins.set(event, [...(origins.get(event) ?? []), origin]);
  return [...origins]
    .filter(([, same]) => same.length > 1)
    .map(([event, same]) => {
      const where = same.join(' and ');
      return `call event "${event}" has ${String(same.length)} handlers (${where}): keep one, which may call the others`;
    });
}

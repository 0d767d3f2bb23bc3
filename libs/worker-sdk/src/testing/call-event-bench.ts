import { settle } from '@interject/messaging';
import type { Settlement } from '@interject/messaging';
import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { CALL_EVENT_HANDLER_METADATA } from '../call-events/call-event-handler.decorator.js';
import { CallEventExecution } from '../call-events/call-event-execution.js';
import type { HandlingOutcome } from '../call-events/call-event-execution.js';
import { compileCallEvent } from '../call-events/call-event-registration.js';
import type {
  CallEventHandlerOptions,
  CallEventListener,
  CallEvents,
  HandledCallEvent,
} from '../call-events/call-event.types.js';
import { WorkerStartError } from '../worker-start.errors.js';
import type { DrivenClock } from './tool-bench.js';

/** More than any handler may be tried. */
const MAX_DELIVERIES = 100;

/**
 * Runs one `@CallEventHandler` as a worker does - check, attempts, deadline, settlement - with time and broker in the
 * hands of the test.
 *
 * @example
 * const bench = new CallEventBench<'undelivered'>(new SendSms(provider));
 * expect(await bench.run(event)).toEqual({ kind: 'ack' });
 */
export class CallEventBench<E extends HandledCallEvent> {
  readonly outcomes: HandlingOutcome[] = [];
  /** Returned by the next draws of chance, between 0 and 1. */
  random = 0.5;
  private readonly shutdown = new AbortController();
  private readonly execution: CallEventExecution;

  /** @throws WorkerStartError when the handler is not fit to be run */
  constructor(
    handler: CallEventListener<E>,
    readonly clock: DrivenClock = new VirtualClock(),
    log: Log = Log.silent(),
  ) {
    const target = handler.constructor;
    const options = Reflect.getMetadata(CALL_EVENT_HANDLER_METADATA, target) as CallEventHandlerOptions | undefined;
    if (options === undefined) throw new WorkerStartError([`${target.name} has no @CallEventHandler`]);
    const { registration, problems } = compileCallEvent(options, handler, target.name);
    if (registration === undefined) throw new WorkerStartError(problems);
    this.execution = new CallEventExecution(registration, {
      clock,
      observer: {
        started: () => undefined,
        ended: (_event, outcome) => {
          this.outcomes.push(outcome);
        },
      },
      log,
      random: () => this.random,
    });
  }

  /** How many events are handled just now. */
  get running(): number {
    return this.execution.running;
  }

  /** Delivers an event once. @returns what becomes of it */
  async deliver(event: CallEvents[E] | object, deliveryCount = 1): Promise<Settlement> {
    const { signal } = this.shutdown;
    try {
      await this.execution.handle(event, { deliveryCount, storedAt: this.clock.now(), signal });
      return settle({ kind: 'handled' }, deliveryCount);
    } catch (error) {
      return settle(signal.aborted ? { kind: 'abandoned' } : { kind: 'failed', error }, deliveryCount);
    }
  }

  /** Delivers an event again and again, letting the time between pass, until it is dealt with or dead. */
  async run(event: CallEvents[E] | object): Promise<Settlement> {
    for (let deliveryCount = 1; deliveryCount <= MAX_DELIVERIES; deliveryCount += 1) {
      const settlement = await this.deliver(event, deliveryCount);
      if (settlement.kind !== 'nak') return settlement;
      await this.clock.advance(settlement.delayMs);
    }
    throw new Error('The event is never dealt with.');
  }

  /** The process goes down and does not wait any longer. */
  shutDown(): void {
    this.shutdown.abort();
  }
}

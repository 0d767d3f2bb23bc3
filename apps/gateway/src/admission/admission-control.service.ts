import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Log } from '@interject/observability';
import { Clock } from '@interject/runtime';
import { AdmissionMetrics } from './admission-metrics.js';
import { MAX_BODY_BYTES } from './admission-limits.js';
import { BrokerLoad } from './broker-load.service.js';
import { LOOK_MS, LoopDelay } from './loop-delay.js';
import { Place } from './place.js';
import { requestShedReason, speechShedReason } from './pressure.js';
import type { Load } from './pressure.js';
import { RequestLimit } from './request-limit.js';
import type { ShedReason } from './shed.types.js';

export type Admission =
  { readonly kind: 'admitted'; readonly place: Place } | { readonly kind: 'refused'; readonly reason: ShedReason };

/** Under overload every request would say the same. */
const QUIET_MS = 5000;

/** Decides what is let in: the gateway sheds what it cannot do in time, before it does nothing in time. */
@Injectable()
export class AdmissionControl implements OnModuleInit, OnApplicationShutdown {
  private readonly limit = new RequestLimit();
  private readonly delay: LoopDelay;
  private requests = 0;
  private turn = 0;
  private bodyBytes = 0;
  private timer: unknown;
  private saidAt = -Infinity;

  constructor(
    @Inject(BrokerLoad) private readonly broker: BrokerLoad,
    @Inject(AdmissionMetrics) private readonly metrics: AdmissionMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {
    this.delay = new LoopDelay(clock.monotonic());
    metrics.show(() => this.load);
  }

  onModuleInit(): void {
    this.lookAgainAndAgain();
  }

  onApplicationShutdown(): void {
    this.clock.clearTimeout(this.timer);
  }

  get load(): Load {
    return {
      requests: this.requests,
      turn: this.turn,
      turnLimit: this.limit.current,
      bodyBytes: this.bodyBytes,
      loopDelayMs: this.delay.current,
      broker: this.broker.state,
    };
  }

  /** True when the bodies that are being read are too much together. */
  get isFullOfBodies(): boolean {
    return this.bodyBytes > MAX_BODY_BYTES;
  }

  /** @param bytes of the request's body, as far as it says; 0 if it does not: {@link Place.hold} */
  admit(bytes: number): Admission {
    const reason = requestShedReason(this.load, bytes);
    if (reason !== undefined) {
      this.countRefused(reason);
      return { kind: 'refused', reason };
    }
    this.requests += 1;
    this.turn += 1;
    const place = new Place(
      (change) => {
        this.bodyBytes += change;
      },
      () => {
        this.requests -= 1;
      },
    );
    place.hold(bytes);
    return { kind: 'admitted', place };
  }

  /**
   * True when a speech event is to be dropped, which is counted: the floor is unknown for a while then, and calls go on.
   *
   * @param isDispensable little is lost without it
   */
  shedsSpeech(isDispensable: boolean): boolean {
    const reason = speechShedReason(this.load, isDispensable);
    if (reason === undefined) return false;
    this.metrics.shed.inc({ what: 'speech', reason });
    return true;
  }

  private lookAgainAndAgain(): void {
    this.timer = this.clock.setTimeout(() => {
      this.limit.sample(this.delay.look(this.clock.monotonic()), this.turn);
      this.turn = 0;
      this.lookAgainAndAgain();
    }, LOOK_MS);
  }

  /** Counts a request that is refused before all of its body was read. */
  countRefused(reason: ShedReason): void {
    this.metrics.shed.inc({ what: 'request', reason });
    const now = this.clock.monotonic();
    if (now - this.saidAt < QUIET_MS) return;
    this.saidAt = now;
    const { requests, turnLimit, bodyBytes, loopDelayMs } = this.load;
    this.log.warn('overloaded: requests are refused before they are read, start more gateways', {
      reason,
      requests,
      turnLimit,
      bodyBytes,
      loopDelayMs: Math.round(loopDelayMs),
    });
  }
}

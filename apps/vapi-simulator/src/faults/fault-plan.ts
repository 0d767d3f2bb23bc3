import type { ControlAttempt, ControlFate, Fault, OutgoingWebhook, SpeechFate, WebhookFate } from './faults.types.js';

type Caused<T> = T & { readonly cause: string };

/** The faults of one call, asked in order: the first that has something to say decides. */
export class FaultPlan {
  private controlAttempts = 0;
  private speeches = 0;

  constructor(private readonly faults: readonly Fault[]) {}

  webhook(webhook: OutgoingWebhook): Caused<WebhookFate> | undefined {
    return this.first((fault) => fault.webhook?.(webhook));
  }

  /** A `say` was accepted. */
  speech(): Caused<SpeechFate> | undefined {
    const nth = ++this.speeches;
    return this.first((fault) => fault.speech?.(nth));
  }

  /** A POST on the control URL came in. */
  control(attempt: Omit<ControlAttempt, 'nth'>): Caused<ControlFate> | undefined {
    const nth = ++this.controlAttempts;
    return this.first((fault) => fault.control?.({ ...attempt, nth }));
  }

  gatewayAnswered(ok: boolean): void {
    for (const fault of this.faults) fault.gatewayAnswered?.(ok);
  }

  private first<T extends object>(ask: (fault: Fault) => T | undefined): Caused<T> | undefined {
    for (const fault of this.faults) {
      const fate = ask(fault);
      if (fate !== undefined) return { ...fate, cause: fault.name };
    }
    return undefined;
  }
}

import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../log.js';

type Told = Parameters<SpanExporter['export']>[1];

/** `ExportResultCode.SUCCESS`. */
const SUCCESS = 0;
/** A collector that is away fails every few seconds. */
const TOLD_EVERY_MS = 60_000;

/** Says in the log, once in a while, that spans do not arrive; the SDK keeps that to itself. */
export class ToldExporter implements SpanExporter {
  private toldAt = -Infinity;
  private lost = 0;

  constructor(
    private readonly inner: SpanExporter,
    private readonly log: Pick<Log, 'warn'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  export(spans: ReadableSpan[], told: Told): void {
    this.inner.export(spans, (result) => {
      if (Number(result.code) !== SUCCESS) this.tell(spans.length, result.error);
      told(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await this.inner.shutdown();
  }

  private tell(lost: number, error: unknown): void {
    this.lost += lost;
    const now = this.now();
    if (now - this.toldAt < TOLD_EVERY_MS) return;
    this.log.warn('spans did not reach the collector and are lost', { lost: this.lost, error });
    this.toldAt = now;
    this.lost = 0;
  }
}

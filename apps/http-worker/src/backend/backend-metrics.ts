import { Inject, Injectable } from '@nestjs/common';
import { isToolError } from '@interject/worker-sdk';
import { JOB_BUCKETS_SECONDS, Metrics } from '@interject/observability';
import type { Histogram } from '@interject/observability';
import type { BackendAnswer } from './answer.js';

const BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, ...JOB_BUCKETS_SECONDS];

/** The edge between http-worker and the backends of the tools file. */
@Injectable()
export class BackendMetrics {
  private readonly requests: Histogram<'outcome'>;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.requests = metrics.histogram({
      name: 'interject_backend_request_duration_seconds',
      help:
        'How long backends take to answer, redirects included: by class of the status ("2xx"), "aborted" at the deadline ' +
        'or the end of the call, "unusable" for an answer that is none, "unreachable".',
      labels: ['outcome'],
      buckets: BUCKETS_SECONDS,
    });
  }

  /** The outcome of `request`, which is measured. */
  async measure(signal: AbortSignal, request: () => Promise<BackendAnswer>): Promise<BackendAnswer> {
    const startedAt = performance.now();
    let outcome = 'unreachable';
    try {
      const answer = await request();
      outcome = `${String(Math.trunc(answer.status / 100))}xx`;
      return answer;
    } catch (error) {
      if (signal.aborted) outcome = 'aborted';
      else if (isToolError(error) && !error.retryable) outcome = 'unusable';
      throw error;
    } finally {
      this.requests.observe({ outcome }, (performance.now() - startedAt) / 1000);
    }
  }
}

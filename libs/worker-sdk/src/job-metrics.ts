import { Inject, Injectable } from '@nestjs/common';
import type { ToolCallOutcome } from '@interject/contracts';
import { EDGE_BUCKETS_SECONDS, JOB_BUCKETS_SECONDS, Metrics } from '@interject/observability';
import type { Counter, Histogram } from '@interject/observability';
import type { JobFault, JobObserver } from './execution/job.types.js';

const MS = 1000;

/** Jobs as metrics. The label `tool` is bounded: it takes the names of this worker's own tools alone. */
@Injectable()
export class JobMetrics implements JobObserver {
  private readonly jobs: Counter<'tool' | 'outcome'>;
  private readonly attempts: Counter<'tool'>;
  private readonly faults: Counter<'tool' | 'fault'>;
  private readonly durations: Histogram<'tool' | 'outcome'>;
  private readonly queued: Histogram<'tool'>;
  private readonly running = new Map<string, () => number>();

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.jobs = metrics.counter({
      name: 'interject_jobs_total',
      help: 'Tool calls that ended with a stored result.',
      labels: ['tool', 'outcome'],
    });
    this.attempts = metrics.counter({
      name: 'interject_job_attempts_total',
      help: 'Times a handler was started.',
      labels: ['tool'],
    });
    this.faults = metrics.counter({
      name: 'interject_job_faults_total',
      help: 'Things that went wrong beside the result, e.g. wording, progress-lost, late-handler.',
      labels: ['tool', 'fault'],
    });
    this.durations = metrics.histogram({
      name: 'interject_job_duration_seconds',
      help: 'From the start of a job to its stored result, all attempts and waits included.',
      labels: ['tool', 'outcome'],
      buckets: JOB_BUCKETS_SECONDS,
    });
    this.queued = metrics.histogram({
      name: 'interject_job_queue_seconds',
      help: 'From the tool call to the start of its job.',
      labels: ['tool'],
      buckets: [...EDGE_BUCKETS_SECONDS, 30, 60, 120],
    });
    metrics.gauge({
      name: 'interject_jobs_running',
      help: 'Jobs that this replica works on.',
      labels: ['tool'],
      collect: (gauge) => {
        for (const [tool, count] of this.running) gauge.set({ tool }, count());
      },
    });
  }

  /** Shows `count()` as the number of running jobs of `tool`. */
  showRunning(tool: string, count: () => number): void {
    this.running.set(tool, count);
  }

  started(tool: string, queuedMs: number): void {
    this.queued.observe({ tool }, queuedMs / MS);
  }

  attempted(tool: string): void {
    this.attempts.inc({ tool });
  }

  finished(tool: string, outcome: ToolCallOutcome, durationMs: number): void {
    this.jobs.inc({ tool, outcome });
    this.durations.observe({ tool, outcome }, durationMs / MS);
  }

  fault(tool: string, fault: JobFault): void {
    this.faults.inc({ tool, fault });
  }
}

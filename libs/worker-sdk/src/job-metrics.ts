import { Inject, Injectable } from '@nestjs/common';
import type { ToolCallOutcome } from '@interject/contracts';
import { EDGE_BUCKETS_SECONDS, JOB_BUCKETS_SECONDS, Metrics } from '@interject/observability';
import type { Counter, Histogram } from '@interject/observability';
import type { JobFault, JobObserver } from './execution/job.types.js';
import type { WaitReason } from './limits/wait-reasons.js';

const MS = 1000;

/** What a tool tells of its jobs at each scrape. */
export interface JobCounts {
  /** Jobs that this replica works on, those that wait too. */
  readonly running: number;
  readonly waiting: Readonly<Record<WaitReason, number>>;
}

/** Jobs as metrics. The label `tool` is bounded: it takes the names of this worker's own tools alone. */
@Injectable()
export class JobMetrics implements JobObserver {
  private readonly jobs: Counter<'tool' | 'outcome'>;
  private readonly attempts: Counter<'tool'>;
  private readonly faults: Counter<'tool' | 'fault'>;
  private readonly durations: Histogram<'tool' | 'outcome'>;
  private readonly queued: Histogram<'tool'>;
  private readonly delays: Counter<'tool' | 'reason'>;
  private readonly ceilings: Counter<'tool'>;
  private readonly lostLetters: Counter<'tool'>;
  private readonly counts = new Map<string, () => JobCounts>();

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
    this.delays = metrics.counter({
      name: 'interject_job_starts_delayed_total',
      help: 'Starts of a handler that had to wait: call-limit, concurrency or rate-limit.',
      labels: ['tool', 'reason'],
    });
    this.ceilings = metrics.counter({
      name: 'interject_job_lease_ceilings_total',
      help: 'Jobs whose lease was not extended any more, because they never ended.',
      labels: ['tool'],
    });
    this.lostLetters = metrics.counter({
      name: 'interject_dead_letters_lost_total',
      help: 'Failed jobs that could not be kept as dead letters, DEAD_LETTERS being full or away. Each has its result.',
      labels: ['tool'],
    });
    this.showCounts(metrics);
  }

  /** Shows `counts()` as the jobs of `tool` that run and wait. */
  show(tool: string, counts: () => JobCounts): void {
    this.counts.set(tool, counts);
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

  delayed(tool: string, reason: WaitReason): void {
    this.delays.inc({ tool, reason });
  }

  leaseCeiling(tool: string): void {
    this.ceilings.inc({ tool });
  }

  letterLost(tool: string): void {
    this.lostLetters.inc({ tool });
  }

  private showCounts(metrics: Metrics): void {
    metrics.gauge({
      name: 'interject_jobs_running',
      help: 'Jobs that this replica works on and that do not wait for a limit.',
      labels: ['tool'],
      collect: (gauge) => {
        for (const [tool, counts] of this.counts) {
          const { running, waiting } = counts();
          gauge.set({ tool }, running - Object.values(waiting).reduce((sum, count) => sum + count, 0));
        }
      },
    });
    metrics.gauge({
      name: 'interject_jobs_waiting',
      help: 'Jobs that this replica holds and that wait: call-limit, concurrency or rate-limit.',
      labels: ['tool', 'reason'],
      collect: (gauge) => {
        for (const [tool, counts] of this.counts) {
          for (const [reason, count] of Object.entries(counts().waiting)) gauge.set({ tool, reason }, count);
        }
      },
    });
  }
}

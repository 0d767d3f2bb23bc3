import { describe, expect, it } from '@jest/globals';
import { Metrics } from '@interject/observability';
import { JobMetrics } from './job-metrics.js';

describe('JobMetrics', () => {
  it('shows jobs that run apart from those that wait, and for what', async () => {
    const metrics = new Metrics();
    const jobs = new JobMetrics(metrics);
    jobs.show('build_report', () => ({
      running: 10,
      waiting: { 'call-limit': 3, concurrency: 0, 'rate-limit': 2 },
    }));
    jobs.delayed('build_report', 'rate-limit');
    jobs.delayed('build_report', 'rate-limit');
    jobs.leaseCeiling('build_report');
    const text = await metrics.registry.metrics();
    expect(text).toContain('interject_jobs_running{tool="build_report"} 5');
    expect(text).toContain('interject_jobs_waiting{tool="build_report",reason="call-limit"} 3');
    expect(text).toContain('interject_jobs_waiting{tool="build_report",reason="concurrency"} 0');
    expect(text).toContain('interject_jobs_waiting{tool="build_report",reason="rate-limit"} 2');
    expect(text).toContain('interject_job_starts_delayed_total{tool="build_report",reason="rate-limit"} 2');
    expect(text).toContain('interject_job_lease_ceilings_total{tool="build_report"} 1');
  });
});

import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { IsIn, IsInt, IsOptional, IsPhoneNumber, Max, Min } from 'class-validator';
import { Describe, FromCall, ToolError, ToolHandler } from '../index.js';
import type { Tool, ToolCallContext, ToolFailure } from '../index.js';
import { ToolBench } from '../testing/index.js';

export class ReportArguments {
  @Describe('The sales region.') @IsIn(['north', 'south']) region!: string;
  @Describe('Months to look back, 3 if the caller does not say.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(24)
  months?: number;
  @FromCall('{{ customer.number }}') @IsOptional() @IsPhoneNumber() phone?: string;
}

/** What your domain offers; knows nothing of calls. */
export abstract class Reports {
  abstract build(region: string, months: number, options: { key: string; signal: AbortSignal }): Promise<number>;
}

@ToolHandler({
  name: 'build_report',
  title: 'the sales report',
  description: 'Builds the sales report of a region. Takes about a minute.',
  arguments: ReportArguments,
  sayOnStart: 'I am putting the report together, that takes about a minute.',
  timeoutMs: 120_000,
  retry: { attempts: 3, backoffMs: 1000 },
  duplicates: 'reject',
  onCallEnded: 'cancel',
})
export class BuildReport implements Tool<ReportArguments, { region: string; total: number }> {
  constructor(private readonly reports: Reports) {}

  async run({ region, months = 3 }: ReportArguments, call: ToolCallContext) {
    await call.progress('The figures are coming in.');
    const total = await this.reports.build(region, months, { key: call.idempotencyKey, signal: call.signal });
    if (total < 0) throw ToolError.nonRetryable('no figures', { code: 'no-figures', say: 'There are no figures yet.' });
    return { region, total };
  }

  say({ region, total }: { region: string; total: number }) {
    return `Your ${region} report is ready: ${String(total)} euros.`;
  }

  sayFailure({ code }: ToolFailure) {
    return code === 'deadline-exceeded' ? 'The report takes too long today.' : undefined;
  }
}

describe('build_report', () => {
  /** A backend that answers as the test wants. */
  class FakeReports extends Reports {
    constructor(readonly build: Reports['build']) {
      super();
    }
  }

  it('builds the report and says it', async () => {
    const bench = ToolBench.of(new BuildReport(new FakeReports(async () => 12)));
    const result = await bench.run({ region: 'north' });
    expect(result).toMatchObject({ outcome: 'succeeded', attempts: 1, data: { region: 'north', total: 12 } });
    expect(bench.said).toEqual(['The figures are coming in.', 'Your north report is ready: 12 euros.']);
  });

  it('tries again when the backend is down, with the same key', async () => {
    const keys: string[] = [];
    const reports = new FakeReports(async (_region, _months, { key }) => {
      keys.push(key);
      if (keys.length < 3) throw new Error('down');
      return 12;
    });
    const result = await ToolBench.of(new BuildReport(reports)).run({ region: 'north' });
    expect(result).toMatchObject({ outcome: 'succeeded', attempts: 3 });
    expect(new Set(keys).size).toBe(1);
  });

  it('does not try again without figures', async () => {
    const bench = ToolBench.of(new BuildReport(new FakeReports(async () => -1)));
    expect(await bench.run({ region: 'north' })).toMatchObject({
      outcome: 'failed',
      text: 'There are no figures yet.',
      failure: { code: 'no-figures', retryable: false },
    });
    expect(bench.attempts).toBe(1);
  });

  it('gives up in time; two minutes, three times, pass in no time', async () => {
    const bench = ToolBench.of(new BuildReport(new FakeReports(async () => new Promise(() => undefined))));
    const startedAt = bench.clock.now();
    expect(await bench.run({ region: 'north' })).toMatchObject({
      outcome: 'timed-out',
      text: 'The report takes too long today.',
    });
    expect(bench.clock.now() - startedAt).toBeGreaterThan(3 * 120_000);
  });

  it.each(['cancelled', 'call-ended'] as const)('stops the backend when the job is %s', async (code) => {
    const reasons: unknown[] = [];
    const reports = new FakeReports(
      async (_region, _months, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reasons.push((signal.reason as { code?: unknown }).code);
            reject(signal.reason as Error);
          });
        }),
    );
    const bench = ToolBench.of(new BuildReport(reports));
    const call = bench.ask({ region: 'north' });
    await bench.clock.advance(10_000);
    bench.stop(code);
    await bench.ended(call);
    expect(reasons).toEqual([code]);
    expect(bench.result?.outcome).toBe('cancelled');
  });

  it('refuses arguments that its DTO does not know', async () => {
    const bench = ToolBench.of(new BuildReport(new FakeReports(async () => 12)));
    expect(await bench.run({ region: 'east' })).toMatchObject({ failure: { code: 'invalid-arguments' } });
    expect(bench.attempts).toBe(0);
  });
});

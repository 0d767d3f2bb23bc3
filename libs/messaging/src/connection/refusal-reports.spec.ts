import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { RefusalReports } from './refusal-reports.js';

let clock: VirtualClock;
let lines: Record<string, unknown>[];
let reports: RefusalReports;

describe('RefusalReports', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    lines = [];
    const destination = { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) };
    reports = new RefusalReports(clock, Log.create({ service: 'spec', destination }));
  });

  it('name what to grant', () => {
    reports.report({ operation: 'publish', subject: 'calls.3.abc.status' });
    expect(lines).toMatchObject([
      { level: 'error', operation: 'publish', subject: 'calls.3.abc.status', msg: expect.stringContaining('grant it') },
    ]);
  });

  it('come once a minute for what is tried again and again', async () => {
    const pull = { operation: 'publish', subject: '$JS.API.CONSUMER.MSG.NEXT.TOOL_CALLS.worker-x' };
    reports.report(pull);
    await clock.advance(59_000);
    reports.report(pull);
    expect(lines).toHaveLength(1);
    await clock.advance(1000);
    reports.report(pull);
    expect(lines).toHaveLength(2);
  });

  it('tell one thing from another', () => {
    reports.report({ operation: 'publish', subject: '$JS.API.STREAM.MSG.GET.KV_control' });
    reports.report({ operation: 'publish', subject: '$JS.API.STREAM.INFO.KV_control' });
    reports.report({ operation: 'subscription', subject: '_INBOX.x' });
    expect(lines).toHaveLength(3);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../service-process.js';
import { LogLines } from './log-lines.js';

const lines = new LogLines(`log.info('a call has ended', { callId });\nlog.warn("it's late");`);
const line = (msg: string, more: object = {}): string => JSON.stringify({ level: 'debug', ...more, msg });

describe('the lines of a log', () => {
  it('are JSON with messages that stand in the sources', () => {
    expect(lines.bad([line('a call has ended'), line("it's late"), ''].join('\n'))).toEqual([]);
  });

  it('are bad when a message was made at run time, each once', () => {
    const made = line('a call has ended: 42');
    expect(lines.bad([made, made].join('\n'))).toEqual([{ why: 'no static message', line: made }]);
    expect(lines.bad('{"level":"info"}')).toEqual([{ why: 'no static message', line: '{"level":"info"}' }]);
  });

  it('are bad when they are no JSON, but for the end of a process that was killed', () => {
    expect(lines.bad('(node:1) Warning: x\n{"level":"info","ti')).toEqual([
      { why: 'no JSON', line: '(node:1) Warning: x' },
    ]);
  });

  it("may be Nest's own, of its classes and for developers only", () => {
    const mapped = 'Mapped {/x, GET} route';
    expect(lines.bad(line(mapped, { context: 'RouterExplorer' }))).toEqual([]);
    expect(lines.bad(line(mapped, { context: 'RouterExplorer', level: 'info' }))).toHaveLength(1);
    expect(lines.bad(line(mapped, { context: 'Bookings' }))).toHaveLength(1);
    expect(lines.bad(line(mapped))).toHaveLength(1);
  });

  it('are judged by the real sources', () => {
    const real = LogLines.of(ROOT);
    expect(real.bad(line('nobody caught this: exiting'))).toEqual([]);
    expect(real.bad(line('nobody has ever written this message'))).toHaveLength(1);
  });
});

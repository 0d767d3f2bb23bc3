import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { guardProcess, SHUTDOWN_LIMIT_MS, SIGNAL_ECHO_MS } from './process-guard.js';

class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];
  exit(code: number): void {
    this.codes.push(code);
  }
}

function guarded() {
  const process = new FakeProcess();
  const clock = new VirtualClock();
  const lines: string[] = [];
  const log = Log.create({ service: 'spec', level: 'trace', destination: { write: (line) => void lines.push(line) } });
  let finish: (clean: boolean) => void = () => undefined;
  let stops = 0;
  guardProcess({
    process,
    clock,
    log,
    stop: () => {
      stops += 1;
      return new Promise((resolve) => (finish = resolve));
    },
  });
  return {
    process,
    clock,
    lines,
    finish: (clean: boolean) => {
      finish(clean);
    },
    stops: () => stops,
  };
}

describe('guardProcess', () => {
  it.each([
    ['SIGTERM', true, 0],
    ['SIGINT', true, 0],
    ['SIGTERM', false, 1],
  ])('stops on %s; a stop that went well (%s) exits %d', async (signal, clean, code) => {
    const { process, clock, finish, stops } = guarded();
    process.emit(signal, signal);
    await clock.advance(100);
    expect([stops(), process.codes]).toEqual([1, []]);
    finish(clean);
    await clock.advance(0);
    expect(process.codes).toEqual([code]);
  });

  it('takes a signal that follows at once for the echo of the first, a later one for an order', async () => {
    const { process, clock, stops } = guarded();
    process.emit('SIGTERM', 'SIGTERM');
    await clock.advance(SIGNAL_ECHO_MS - 1);
    process.emit('SIGINT', 'SIGINT');
    expect([stops(), process.codes]).toEqual([1, []]);
    await clock.advance(1);
    process.emit('SIGTERM', 'SIGTERM');
    expect([stops(), process.codes]).toEqual([1, [1]]);
  });

  it('exits 1 when the stop takes too long', async () => {
    const { process, clock } = guarded();
    process.emit('SIGTERM', 'SIGTERM');
    await clock.advance(SHUTDOWN_LIMIT_MS - 1);
    expect(process.codes).toEqual([]);
    await clock.advance(1);
    expect(process.codes).toEqual([1]);
  });

  it.each(['uncaughtException', 'unhandledRejection'])('logs an %s without its text and exits 1', (event) => {
    const { process, lines } = guarded();
    process.emit(event, new RangeError('what the caller said'));
    expect(process.codes).toEqual([1]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('RangeError');
    expect(lines[0]).not.toContain('what the caller said');
  });
});

import { decideSignal } from './stop-schedule.js';

/** The part of a process that signals need. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'exit', listener: () => void): unknown;
  exit(code: number): void;
}

/** What is stopped. */
export interface Stoppable {
  stop(): Promise<void>;
  kill(): void;
}

/** Exit code of a process ended by Ctrl-C. */
const INTERRUPTED = 130;

/**
 * SIGTERM, SIGINT and SIGHUP stop everything in order and end this process with `exitCode`; a second Ctrl-C kills
 * everything at once. Whatever else ends this process, no child outlives it.
 * @param exitCode asked at the end of an orderly stop
 */
export function stopOnSignals(
  target: Stoppable,
  source: SignalSource,
  print: (line: string) => void,
  exitCode: () => number = () => 0,
): void {
  let firstAt: number | undefined;
  const onSignal = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void => {
    const now = performance.now();
    const decision = decideSignal(signal, firstAt === undefined ? undefined : now - firstAt);
    firstAt ??= now;
    if (decision === 'stop') {
      print(`${signal}: stopping`);
      void target.stop().then(() => source.exit(exitCode()));
    } else if (decision === 'kill') {
      print(`${signal} again: killing everything`);
      target.kill();
      source.exit(INTERRUPTED);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) source.on(signal, () => onSignal(signal));
  source.on('exit', () => target.kill());
}

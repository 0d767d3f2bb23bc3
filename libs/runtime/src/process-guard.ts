import type { Clock, Log } from '@interject/observability';

/** Exit codes: the supervisor restarts a service after any of them but the first, and 78 will not heal by itself. */
export const ExitCodes = {
  Clean: 0,
  Failed: 1,
  /** EX_CONFIG of sysexits.h: the environment must be put right first. */
  Configuration: 78,
} as const;

/** The part of `process` that is needed here. */
export interface ProcessLike {
  on(event: 'SIGTERM' | 'SIGINT', listener: (signal: string) => void): unknown;
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

export interface ProcessGuardOptions {
  readonly process: ProcessLike;
  readonly clock: Clock;
  readonly log: Log;
  /** Stops the service; true if it went well. */
  readonly stop: () => Promise<boolean>;
}

/** Below the 10 s that orchestrators and the supervisor grant. */
export const SHUTDOWN_LIMIT_MS = 9_500;
/** A signal to the whole group comes twice: from the terminal or the group, and from the supervisor that passes it on. */
export const SIGNAL_ECHO_MS = 1_000;

/**
 * Ends the process in order: SIGTERM or SIGINT stops the service and exits 0; a second signal (not the echo of the first)
 * or the limit exits 1. What nobody caught is logged and exits 1: its state is unknown, and the supervisor restarts it.
 */
export function guardProcess({ process, clock, log, stop }: ProcessGuardOptions): void {
  let stoppingSince: number | undefined;
  const onSignal = (signal: string) => {
    if (stoppingSince !== undefined) {
      if (clock.monotonic() - stoppingSince < SIGNAL_ECHO_MS) return;
      log.warn('second signal: exiting at once', { signal });
      process.exit(ExitCodes.Failed);
      return;
    }
    stoppingSince = clock.monotonic();
    log.info('stopping', { signal });
    clock.setTimeout(() => {
      log.error('shutdown took too long: exiting', { limitMs: SHUTDOWN_LIMIT_MS });
      process.exit(ExitCodes.Failed);
    }, SHUTDOWN_LIMIT_MS);
    stop().then(
      (clean) => {
        process.exit(clean ? ExitCodes.Clean : ExitCodes.Failed);
      },
      (error: unknown) => {
        log.error('shutdown failed', { error });
        process.exit(ExitCodes.Failed);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal('nobody caught this: exiting', { event, error });
      process.exit(ExitCodes.Failed);
    });
  }
}

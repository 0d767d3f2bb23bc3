import type { NatsAccess } from '@interject/messaging';
import type { Clock } from '@interject/observability';
import type { Environment } from '@interject/runtime';
import type { Terminal } from '../terminal.js';

/** Where the commands find the installation and whom they tell. */
export interface InterjectPorts {
  readonly natsUrl: string;
  /** As whom to log in to NATS. */
  readonly access?: NatsAccess | undefined;
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly clock: Clock;
}

/** Settles after so many milliseconds. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, ms);
  });
}

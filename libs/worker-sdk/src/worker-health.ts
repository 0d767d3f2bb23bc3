import { Inject, Injectable } from '@nestjs/common';
import { MessagingConnection } from '@interject/messaging';
import { RegisteredTools } from './registration/registered-tools.js';
import type { ToolsCheck } from './registration/registered-tools.js';

/**
 * The readiness checks of a worker.
 *
 * @example
 * readiness.register('nats', () => health.nats());
 * readiness.register('tools', () => health.tools());
 */
@Injectable()
export class WorkerHealth {
  constructor(
    @Inject(MessagingConnection) private readonly connection: MessagingConnection,
    @Inject(RegisteredTools) private readonly registered: RegisteredTools,
  ) {}

  /** A round trip to JetStream. @throws MessagingError when it does not answer */
  async nats(): Promise<{ readonly status: 'up' }> {
    await this.connection.check();
    return { status: 'up' };
  }

  /** `up` once the definitions of all tools are stored; `names` lists them. */
  tools(): ToolsCheck {
    return this.registered.check();
  }
}

import type { MessagingConnection } from '../connection/messaging-connection.js';
import { MessagingError, MessagingErrorCodes } from '../messaging.errors.js';
import { cannotChange, provisioningFailure } from '../provisioning/provisioning-failure.js';
import { assertServerFits } from '../provisioning/server-fitness.js';
import { exactChange } from '../provisioning/stream-change.js';
import { topology } from '../provisioning/topology.js';
import type { StreamShape, TopologySettings } from '../provisioning/topology.js';

/** Limits and copies of the streams by an operator's word: the one way to make them smaller. */
export class StreamSettings {
  constructor(private readonly connection: MessagingConnection) {}

  /**
   * Gives every stream exactly these limits and copies. No service may run with higher settings: it would raise them again.
   *
   * @returns the names of the streams that were changed
   * @throws MessagingError `store-full` when a stream holds more than it would be allowed (nothing is changed then);
   *   `server-unfit`, `stream-conflict`
   */
  async apply(settings: TopologySettings): Promise<readonly string[]> {
    this.connection.assertConnected('Changing streams');
    const { info } = this.connection.nats;
    if (info !== undefined) assertServerFits(info, settings.replicas);
    const { streams } = this.connection.manager;
    const shapes = topology(settings);
    const found = await Promise.all(shapes.map(async (shape) => ({ shape, ...(await streams.info(shape.name)) })));
    for (const { shape, state } of found) if (state.bytes > shape.max_bytes) throw tooMuchInIt(shape, state.bytes);
    const changed: string[] = [];
    for (const { shape, config } of found) {
      const change = exactChange(config, shape);
      if (change.kind === 'impossible') throw cannotChange(shape.name, change.field);
      if (change.kind === 'none') continue;
      await streams.update(shape.name, change.config).catch((error: unknown) => {
        throw provisioningFailure(error, shape, shapes, info ?? {});
      });
      changed.push(shape.name);
    }
    return changed;
  }
}

/** nats-server 2.9 would delete the oldest messages. */
function tooMuchInIt({ name, max_bytes }: StreamShape, bytes: number): MessagingError {
  return new MessagingError(
    MessagingErrorCodes.StoreFull,
    `${name} holds ${String(bytes)} bytes, ${String(max_bytes)} would be its limit: take more, or wait until less is in it.`,
  );
}

import { AckPolicy, connect, StorageType } from 'nats';
import type { JetStreamClient, JsMsg, NatsConnection } from 'nats';
import { FLOOR_STREAMS } from './floor.types.js';

/** Asked for at once: small pulls cost several times as much. */
const PULLED_AT_ONCE = 1000;

/** Streams on files with durable consumers and explicit acknowledgements. */
export async function openBroker(natsUrl: string): Promise<{ nats: NatsConnection; jetStream: JetStreamClient }> {
  const nats = await connect({ servers: natsUrl });
  const manager = await nats.jetstreamManager();
  for (const { stream, subject, consumer } of Object.values(FLOOR_STREAMS)) {
    await manager.streams.add({ name: stream, subjects: [subject], storage: StorageType.File });
    await manager.consumers.add(stream, {
      durable_name: consumer,
      ack_policy: AckPolicy.Explicit,
      max_ack_pending: 10_000,
    });
  }
  return { nats, jetStream: nats.jetstream() };
}

/** @param handle has to acknowledge */
export async function consume(
  jetStream: JetStreamClient,
  { stream, consumer }: { readonly stream: string; readonly consumer: string },
  handle: (message: JsMsg) => Promise<void>,
): Promise<void> {
  const source = await jetStream.consumers.get(stream, consumer);
  await source.consume({
    max_messages: PULLED_AT_ONCE,
    callback: (message) => {
      handle(message).catch(() => message.nak());
    },
  });
}

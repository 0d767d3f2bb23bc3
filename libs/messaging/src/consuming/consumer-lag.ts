import type { StreamName } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { within } from '../within.js';

/** How much a durable consumer has before it. */
export interface ConsumerLag {
  readonly stream: StreamName;
  readonly consumer: string;
  /** Not given to anybody yet. */
  readonly pending: number;
  /** Given to a replica, and not settled. */
  readonly unacknowledged: number;
}

/** A scrape has ten seconds, and shows more than this. */
const ANSWER_LIMIT_MS = 1000;

/** Asks the server. Never rejects: a consumer that cannot be asked now is left out. */
export async function consumerLags(
  connection: Pick<MessagingConnection, 'isConnected' | 'manager'>,
  consumers: readonly { readonly stream: StreamName; readonly durable: string }[],
): Promise<readonly ConsumerLag[]> {
  if (!connection.isConnected) return [];
  const asked = consumers.map(async ({ stream, durable: consumer }): Promise<ConsumerLag> => {
    const info = await within(ANSWER_LIMIT_MS, connection.manager.consumers.info(stream, consumer));
    return { stream, consumer, pending: info.num_pending, unacknowledged: info.num_ack_pending };
  });
  const answers = await Promise.allSettled(asked);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

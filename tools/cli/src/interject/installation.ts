import { Buckets, callToken, MAX_ID_LENGTH, partitionOf, Subjects } from '@interject/contracts';
import type { CallQuestion, PartitionQuestion, PartitionState } from '@interject/contracts';
import { isMessagingError, MessagingOperator } from '@interject/messaging';
import { UsageError } from '../usage.errors.js';
import type { CallState } from './call-state.types.js';
import type { InterjectPorts } from './interject-ports.js';

/** The owner answers from memory. A process that is late for once is not gone. */
const ANSWER_LIMIT_MS = 1500;
/** With what a person is told to look for who does not answer. */
export const NO_OWNER = 'no notifier answers for it: is one running? (npm run interject -- health)';

export type CallAnswer =
  | { readonly kind: 'live' | 'summary'; readonly state: CallState }
  /** Neither its owner nor the store knows of it. */
  | { readonly kind: 'unknown' }
  /** Nobody owns its partition, and there is no summary. */
  | { readonly kind: 'no-owner' };

/** A running installation, as the commands for people on duty ask it. */
export class Installation {
  private constructor(readonly operator: MessagingOperator) {}

  /** Opens it, has it used and closes it. @throws MessagingError */
  static async use<T>({ natsUrl: url, access }: InterjectPorts, run: (it: Installation) => Promise<T>): Promise<T> {
    const operator = await MessagingOperator.open({ url, access, service: 'interject' });
    try {
      return await run(new Installation(operator));
    } finally {
      await operator.close();
    }
  }

  get partitions(): number {
    return this.operator.publisher.events.partitions;
  }

  partitionOf(callId: string): number {
    return partitionOf(callId, this.partitions);
  }

  /** @returns undefined when nobody answers @throws MessagingError */
  async askPartition(partition: number, question: PartitionQuestion): Promise<PartitionState | undefined> {
    return this.ask<PartitionState>(partition, question);
  }

  /** What each of the partitions says, in their order; undefined for those whose owner does not answer. */
  async askAll(question: PartitionQuestion): Promise<readonly (PartitionState | undefined)[]> {
    const partitions = Array.from({ length: this.partitions }, (_, partition) => partition);
    return Promise.all(partitions.map((partition) => this.askPartition(partition, question)));
  }

  /** What is known of a call, by its owner or by the summary of an ended one. @throws MessagingError */
  async call(callId: string, more: Omit<CallQuestion, 'callId'> = {}): Promise<CallAnswer> {
    const answer = await this.ask<CallState | { readonly found: false }>(this.partitionOf(callId), { callId, ...more });
    if (answer?.found === true) return { kind: 'live', state: answer };
    const summary = await this.operator.kv.bucket(Buckets.Calls).get(callToken(callId));
    if (summary !== undefined) {
      return { kind: 'summary', state: JSON.parse(Buffer.from(summary.value).toString()) as CallState };
    }
    return { kind: answer === undefined ? 'no-owner' : 'unknown' };
  }

  private async ask<T>(partition: number, question: object): Promise<T | undefined> {
    try {
      const { core } = this.operator;
      const answer = await core.request(Subjects.callsQuery(partition), JSON.stringify(question), ANSWER_LIMIT_MS);
      return JSON.parse(Buffer.from(answer).toString()) as T;
    } catch (error) {
      if (isMessagingError(error) && (error.code === 'no-responder' || error.code === 'timeout')) return undefined;
      throw error;
    }
  }
}

/** @throws UsageError for what cannot be the id of a call */
export function checkCallId(callId: string): string {
  if (callId.trim() === '' || callId.length > MAX_ID_LENGTH) {
    throw new UsageError(`That is no id of a call: 1 to ${String(MAX_ID_LENGTH)} characters, as Vapi shows it.`);
  }
  return callId;
}

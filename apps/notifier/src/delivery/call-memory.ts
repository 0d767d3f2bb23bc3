import {
  Buckets,
  CallEnded,
  CallEventNames,
  CallStatusChanged,
  callToken,
  LedgerClaim,
  parseJson,
  Streams,
  Subjects,
  toolCallKey,
  ToolCallRequested,
} from '@interject/contracts';
import { isMessagingError } from '@interject/messaging';
import type { KvStore, MessagingError, StreamReader } from '@interject/messaging';
import type { CallLookup } from '@interject/vapi';
import { mergeSummaries } from '@interject/speech';
import type { CallSnapshot } from '@interject/speech';

type Claim = 'spoken' | 'inline' | 'none';

/** What the streams, the KV buckets and Vapi remember of single calls. All methods throw MessagingError. */
export class CallMemory {
  /** @param lookup missing without an API key */
  constructor(
    private readonly reader: Pick<StreamReader, 'last'>,
    private readonly kv: KvStore,
    private readonly lookup: Pick<CallLookup, 'get'> | undefined,
  ) {}

  async status(partition: number, callId: string): Promise<CallStatusChanged | undefined> {
    return this.lastEvent(partition, callId, CallEventNames.Status, CallStatusChanged);
  }

  async ended(partition: number, callId: string): Promise<CallEnded | undefined> {
    return this.lastEvent(partition, callId, CallEventNames.Ended, CallEnded);
  }

  async toolCall(
    partition: number,
    callId: string,
    tool: string,
    toolCallId: string,
  ): Promise<ToolCallRequested | undefined> {
    const subject = Subjects.toolCall(tool, partition, toolCallKey(callId, toolCallId));
    const message = await this.reader.last(Streams.ToolCalls, subject);
    return message === undefined ? undefined : parseJson(ToolCallRequested, message.data);
  }

  /** A control URL refused, or there is none: has the call ended? The stream first, Vapi only if it may be asked. */
  async hasEnded(partition: number, callId: string): Promise<'ended' | 'live' | 'unknown'> {
    if ((await this.ended(partition, callId)) !== undefined) return 'ended';
    const answer = await this.lookup?.get(callId);
    if (answer?.kind !== 'found') return 'unknown';
    return answer.status === 'ended' ? 'ended' : 'live';
  }

  /**
   * Who delivers the result of a sync tool call?
   *
   * @param isClaiming claims it for speech unless it is claimed
   * @throws MessagingError `store-full` only when there is no claim, and none could be made
   */
  async claim(callId: string, toolCallId: string, isClaiming: boolean): Promise<Claim> {
    const bucket = this.kv.bucket(Buckets.Ledger);
    const key = toolCallKey(callId, toolCallId);
    let full: MessagingError | undefined;
    if (isClaiming) {
      try {
        await bucket.create(key, JSON.stringify({ claim: 'spoken' }));
        return 'spoken';
      } catch (error) {
        if (!isMessagingError(error)) throw error;
        if (error.code === 'store-full') full = error;
        else if (error.code !== 'key-exists') throw error;
      }
    }
    const entry = await bucket.get(key);
    if (entry !== undefined) return parseJson(LedgerClaim, entry.value).claim;
    if (full !== undefined) throw full;
    return 'none';
  }

  /** Keeps the summary of an ended call; what came later is added. */
  async keepSummary(summary: CallSnapshot): Promise<void> {
    const bucket = this.kv.bucket(Buckets.Calls);
    const key = callToken(summary.callId);
    const entry = await bucket.get(key);
    const older =
      entry === undefined ? undefined : (JSON.parse(Buffer.from(entry.value).toString('utf8')) as CallSnapshot);
    await bucket.put(key, JSON.stringify(older === undefined ? summary : mergeSummaries(older, summary)));
  }

  private async lastEvent<T extends object>(
    partition: number,
    callId: string,
    event: 'status' | 'ended',
    contract: new () => T,
  ): Promise<T | undefined> {
    const message = await this.reader.last(Streams.CallEvents, Subjects.callEvent(partition, callToken(callId), event));
    return message === undefined ? undefined : parseJson(contract, message.data);
  }
}

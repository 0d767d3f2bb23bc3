import { Inject, Injectable } from '@nestjs/common';
import {
  CallEventNames,
  isContractError,
  parseJson,
  partitionOf,
  Streams,
  Subjects,
  ToolCallFinished,
  toolCallKey,
  ToolCallRequested,
} from '@interject/contracts';
import type { ToolDefinition } from '@interject/contracts';
import { EventPublisher, StreamReader } from '@interject/messaging';
import type { StoredMessage } from '@interject/messaging';
import { Log } from '@interject/observability';
import { inlineAnswer, NO_WORDS } from '../grace/inline-answer.js';
import type { EarlierToolCall } from './duplicate-decision.js';

/** Which tool call is meant. */
export type ToolCallAddress = Pick<ToolCallRequested, 'callId' | 'toolCallId' | 'tool'>;

/** Looks up single tool calls and their results. */
@Injectable()
export class StoredToolCalls {
  constructor(
    @Inject(StreamReader) private readonly reader: StreamReader,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** @throws MessagingError */
  async isStored(address: ToolCallAddress): Promise<boolean> {
    return (await this.toolCall(address)) !== undefined;
  }

  /**
   * @param claimAgeMs how old its claim is at least, if that is known
   * @throws MessagingError
   */
  async whatBecameOf(
    address: ToolCallAddress,
    tool: ToolDefinition,
    claimAgeMs: number | undefined,
  ): Promise<EarlierToolCall> {
    const [toolCall, result, cancel] = await Promise.all([
      this.toolCall(address),
      this.callEvent(CallEventNames.Result, address),
      this.callEvent(CallEventNames.CancelRequested, address),
    ]);
    if (result !== undefined) return this.finished(result, tool);
    if (cancel !== undefined) return { kind: 'stopping' };
    return toolCall === undefined ? { kind: 'not-stored', ageMs: claimAgeMs } : this.pending(toolCall);
  }

  private finished(message: StoredMessage, tool: ToolDefinition): EarlierToolCall {
    const result = this.read(ToolCallFinished, message);
    // Something came of it: not to do it twice is safer.
    if (result === undefined) return { kind: 'finished', outcome: 'succeeded', at: message.storedAt };
    const { text } = inlineAnswer(result, tool);
    const { outcome, at } = result;
    return { kind: 'finished', outcome, at, ...(text === NO_WORDS ? {} : { words: text }) };
  }

  private pending(message: StoredMessage): EarlierToolCall {
    const toolCall = this.read(ToolCallRequested, message);
    return {
      kind: 'pending',
      requestedAt: toolCall?.requestedAt ?? message.storedAt,
      watchdogMs: toolCall?.watchdogMs ?? 0,
    };
  }

  private read<T extends object>(contract: new () => T, { data, sequence }: StoredMessage): T | undefined {
    try {
      return parseJson(contract, data);
    } catch (error) {
      if (!isContractError(error)) throw error;
      this.log.warn('a stored event was not understood', { sequence, error });
      return undefined;
    }
  }

  private async toolCall({ callId, toolCallId, tool }: ToolCallAddress): Promise<StoredMessage | undefined> {
    const partition = partitionOf(callId, this.publisher.events.partitions);
    const subject = Subjects.toolCall(tool, partition, toolCallKey(callId, toolCallId));
    return this.reader.last(Streams.ToolCalls, subject);
  }

  private async callEvent(
    event: Parameters<EventPublisher['events']['subjectOf']>[0],
    address: ToolCallAddress,
  ): Promise<StoredMessage | undefined> {
    return this.reader.last(Streams.CallEvents, this.publisher.events.subjectOf(event, address));
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { Buckets, DuplicateClaim, duplicateKey, isContractError, parseJson } from '@interject/contracts';
import type { DuplicatePolicy, ToolCallRequested, ToolDefinition } from '@interject/contracts';
import { isWriteConflict, KvStore, MessagingError, MessagingErrorCodes } from '@interject/messaging';
import type { KvBucket, KvEntry } from '@interject/messaging';
import { Log } from '@interject/observability';
import { Clock } from '@interject/runtime';
import type { AnswerBudget } from '../admission/answer-budget.js';
import { FullLedger } from '../grace/full-ledger.service.js';
import { ToolRegistry } from '../registry/tool-registry.service.js';
import { standsInTheWay } from './duplicate-decision.js';
import type { StandsInTheWay } from './duplicate-decision.js';
import { StoredToolCalls } from './stored-tool-calls.service.js';

/** Each lost race means that another tool call of the kind went first. */
const MAX_ATTEMPTS = 5;

/** A tool call whose tool has a {@link DuplicatePolicy}. */
export interface GuardedToolCall {
  readonly event: ToolCallRequested;
  readonly tool: ToolDefinition;
  readonly policy: DuplicatePolicy;
}

/**
 * Sees to it that of several tool calls of one kind in a call one is run, whichever gateways they come to: it has to hold
 * the claim `ledger/<duplicateKey>` before it is published.
 */
@Injectable()
export class DuplicateGuard {
  constructor(
    @Inject(KvStore) private readonly kv: KvStore,
    @Inject(StoredToolCalls) private readonly stored: StoredToolCalls,
    @Inject(ToolRegistry) private readonly registry: ToolRegistry,
    @Inject(FullLedger) private readonly full: FullLedger,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** What tool calls of one kind have in common. */
  keyOf({ event, policy }: Pick<GuardedToolCall, 'event' | 'policy'>): string {
    const { callId, tool, arguments: args } = event;
    return policy.by === 'arguments' ? duplicateKey(callId, tool, args) : duplicateKey(callId, tool);
  }

  /**
   * Claims the kind for this tool call. A claim stays when the publish that follows it fails: it may have been stored
   * nevertheless. The repeat of that webhook has the same id and passes; another one of its kind waits for 10 s.
   *
   * A full ledger takes no new claims for up to a day: then the tool call goes on without one (ADR 0024).
   *
   * @param budget what is left of the time for an answer; the publish that follows has to keep within it too, or the
   *   claim may be somebody else's by then
   * @returns undefined when it may be published, or what stands in its way
   * @throws MessagingError when it is not known
   */
  async claim(toolCall: GuardedToolCall, budget: AnswerBudget): Promise<StandsInTheWay | undefined> {
    const abort = new AbortController();
    try {
      return await budget.spend(() => this.tryToClaim(toolCall, abort.signal));
    } catch (error) {
      // The claims that are there were found and looked at all the same: only what has none gets here.
      if (this.full.isCause(error, 'duplicates')) return undefined;
      throw error;
    } finally {
      // What was answered 503 must not take a claim over later, from whoever holds it then.
      abort.abort();
    }
  }

  private async tryToClaim(toolCall: GuardedToolCall, signal: AbortSignal): Promise<StandsInTheWay | undefined> {
    const key = this.keyOf(toolCall);
    const { event } = toolCall;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS && !signal.aborted; attempt += 1) {
      const value = JSON.stringify({ toolCallId: event.toolCallId, at: this.clock.now() } satisfies DuplicateClaim);
      if (await succeeds(this.bucket().create(key, value))) return undefined;
      const entry = await this.bucket().get(key);
      // Expired or removed in between.
      if (entry === undefined) continue;
      const obstacle = await this.lookAt(entry, toolCall);
      if (obstacle !== 'none') return obstacle;
      if (signal.aborted) break;
      if (await succeeds(this.bucket().update(key, value, entry.revision))) return undefined;
    }
    throw new MessagingError(
      MessagingErrorCodes.SequenceConflict,
      'Claiming a tool call was lost to others repeatedly',
    );
  }

  /** @returns `none` when the claim may be taken over, undefined when that is not necessary */
  private async lookAt(
    entry: KvEntry,
    { event, tool, policy }: GuardedToolCall,
  ): Promise<StandsInTheWay | 'none' | undefined> {
    const claim = this.read(entry);
    if (claim === undefined) return 'none';
    if (claim.toolCallId === event.toolCallId) return undefined;
    const address = { callId: event.callId, toolCallId: claim.toolCallId, tool: event.tool };
    const [isRepeat, earlier] = await Promise.all([
      this.stored.isStored(event),
      this.stored.whatBecameOf(address, tool, this.ageOf(entry)),
    ]);
    // It was run, and another one after it: to be answered as a repeat.
    if (isRepeat) return undefined;
    const obstacle = standsInTheWay(earlier, policy, this.clock.now());
    if (obstacle === undefined) return 'none';
    const { callId, toolCallId } = event;
    this.log.info('tool call not run: there is one of its kind', {
      callId,
      toolCallId,
      tool: tool.name,
      earlierToolCallId: claim.toolCallId,
      earlier: obstacle.kind,
    });
    return obstacle;
  }

  /** By the broker's clock alone: those of two gateways differ, and a fresh claim must not look old. */
  private ageOf({ storedAt }: KvEntry): number | undefined {
    const now = this.registry.brokerNow();
    return now === undefined ? undefined : now - storedAt;
  }

  private read({ key, value }: KvEntry): DuplicateClaim | undefined {
    try {
      return parseJson(DuplicateClaim, value);
    } catch (error) {
      if (!isContractError(error)) throw error;
      this.log.warn('a claim on a kind of tool call was not understood and is taken over', { key, error });
      return undefined;
    }
  }

  private bucket(): KvBucket {
    return this.kv.bucket(Buckets.Ledger);
  }
}

/** False: somebody else wrote first. */
async function succeeds(write: Promise<number>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isWriteConflict(error)) return false;
    throw error;
  }
}

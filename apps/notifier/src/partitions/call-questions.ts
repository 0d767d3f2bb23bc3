import { CallQuestion, parseJson } from '@interject/contracts';
import type { CallStatusChanged } from '@interject/contracts';
import type { CallSnapshot } from '@interject/speech';
import type { CallMemory } from '../delivery/call-memory.js';
import type { ActionRunner } from './action-runner.js';
import type { CallDirectory } from './call-directory.js';

/** The whole answer has to fit a message of NATS, whose limit is 1 MB. */
const MAX_PROGRESS_CHARACTERS = 300;

/** Answers what others want to know of the calls of one partition. */
export class CallQuestions {
  /** @param revive takes up a live call again that was forgotten */
  constructor(
    private readonly partition: number,
    private readonly directory: Pick<CallDirectory, 'snapshot' | 'admit' | 'progress'>,
    private readonly runner: Pick<ActionRunner, 'closingSnapshot'>,
    private readonly memory: Pick<CallMemory, 'status' | 'ended'>,
    private readonly revive: (status: CallStatusChanged) => void,
  ) {}

  /**
   * The state of a call, and whether an announcement is let in.
   *
   * @param data a `CallQuestion`
   * @throws ContractError when it is none, MessagingError when the streams cannot be read
   */
  async answer(data: Uint8Array): Promise<string> {
    const { callId, admit, withProgress = false } = parseJson(CallQuestion, data);
    let live = this.directory.snapshot(callId);
    if (live === undefined && admit !== undefined) {
      await this.find(callId);
      live = this.directory.snapshot(callId);
    }
    const found = live ?? this.runner.closingSnapshot(callId);
    const state = found !== undefined && withProgress ? this.withProgress(found) : found;
    if (state === undefined) return JSON.stringify({ found: false });
    if (admit === undefined) return JSON.stringify(state);
    const isKnown = state.utterances.some(({ utteranceId }) => utteranceId === admit);
    const admission = this.directory.admit(callId, admit) ?? (isKnown ? 'known' : 'ended');
    return JSON.stringify({ ...state, admission });
  }

  private withProgress(state: CallSnapshot): CallSnapshot {
    const words = this.directory.progress(state.callId);
    const toolCalls = state.toolCalls.map((toolCall) => {
      const progress = words.get(toolCall.toolCallId);
      if (progress === undefined) return toolCall;
      return { ...toolCall, progress: [...progress].slice(0, MAX_PROGRESS_CHARACTERS).join('') };
    });
    return { ...state, toolCalls };
  }

  /** A live call of which nothing was heard for long is forgotten; its last status is still stored. */
  private async find(callId: string): Promise<void> {
    const [status, ended] = await Promise.all([
      this.memory.status(this.partition, callId),
      this.memory.ended(this.partition, callId),
    ]);
    if (status !== undefined && ended === undefined) this.revive(status);
  }
}

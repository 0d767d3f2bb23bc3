import { CallQuestion, parseJson } from '@interject/contracts';
import type { CallStatusChanged } from '@interject/contracts';
import type { CallMemory } from '../delivery/call-memory.js';
import type { ActionRunner } from './action-runner.js';
import type { CallDirectory } from './call-directory.js';

/** Answers what others want to know of the calls of one partition. */
export class CallQuestions {
  /** @param revive takes up a live call again that was forgotten */
  constructor(
    private readonly partition: number,
    private readonly directory: Pick<CallDirectory, 'snapshot' | 'admit'>,
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
    const { callId, admit } = parseJson(CallQuestion, data);
    let live = this.directory.snapshot(callId);
    if (live === undefined && admit !== undefined) {
      await this.find(callId);
      live = this.directory.snapshot(callId);
    }
    const state = live ?? this.runner.closingSnapshot(callId);
    if (state === undefined) return JSON.stringify({ found: false });
    if (admit === undefined) return JSON.stringify(state);
    const isKnown = state.utterances.some(({ utteranceId }) => utteranceId === admit);
    const admission = this.directory.admit(callId, admit) ?? (isKnown ? 'known' : 'ended');
    return JSON.stringify({ ...state, admission });
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

import { parse, PartitionQuestion } from '@interject/contracts';
import type { LiveCall, PartitionState } from '@interject/contracts';
import type { CallSnapshot } from '@interject/speech';
import type { SpeechSwitch } from '../mute/speech-switch.js';
import type { CallDirectory } from './call-directory.js';

export interface OverviewParts {
  readonly partition: number;
  readonly directory: Pick<CallDirectory, 'newest'>;
  readonly speechSwitch: Pick<SpeechSwitch, 'state'>;
  readonly callCount: () => number;
  /** Appends a batch to the utterance log. */
  readonly renewLog: () => void;
}

/** Answers what is live in one partition. */
export class PartitionOverview {
  constructor(private readonly parts: OverviewParts) {}

  /**
   * @returns undefined when it is another question
   * @throws ContractError when it is none that can be understood
   */
  answer(data: Uint8Array): string | undefined {
    const asked = questionIn(data);
    if (asked === undefined) return undefined;
    const { list, renewsLog } = parse(PartitionQuestion, asked);
    const { partition, directory, speechSwitch, callCount } = this.parts;
    if (renewsLog === true) this.parts.renewLog();
    const calls = directory.newest(list).map(liveCall);
    const state: PartitionState = { partition, calls, total: callCount(), mute: speechSwitch.state };
    return JSON.stringify(state);
  }
}

function questionIn(data: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'));
    return typeof value === 'object' && value !== null && 'list' in value ? value : undefined;
  } catch {
    return undefined;
  }
}

function liveCall({ callId, status, since, floor, isMuted, toolCalls, utterances }: CallSnapshot): LiveCall {
  const waiting = utterances.filter(({ state }) => state === 'queued' || state === 'held' || state === 'preparing');
  const waitsFor = waiting.find((utterance) => utterance.waitsFor !== undefined)?.waitsFor;
  const first = since ?? toolCalls[0]?.requestedAt ?? utterances[0]?.times.queuedAt;
  return {
    callId,
    status,
    ...(first === undefined ? {} : { since: first }),
    floor,
    pendingToolCalls: toolCalls.filter(({ state }) => state === 'pending').length,
    waitingUtterances: waiting.length,
    ...(waitsFor === undefined ? {} : { waitsFor }),
    isMuted: isMuted === true,
  };
}

import { announcementKey, compileSpeechPlan, DEFAULT_SPEECH_PLAN, toolCallKey } from '@interject/contracts';
import type {
  AnnouncementRequested,
  CompiledSpeechPlan,
  ToolCallFinished,
  ToolCallProgressed,
} from '@interject/contracts';
import type { PendingToolCall } from '../calls/tool-call-book.js';
import { SILENCE_LIMIT_NEAR_MS } from './speech-settings.js';
import type { SpeechSettings } from './speech-settings.js';
import { fillerId } from './filler-watch.js';
import type { DueFiller } from './filler-watch.js';
import type { UtteranceContent } from './utterance.js';

/** A progress report is worth little: it is dropped rather than forced on a busy floor, and never said twice. */
const PROGRESS_PLAN: CompiledSpeechPlan = {
  ...DEFAULT_SPEECH_PLAN,
  class: 'progress',
  onHoldExpired: 'drop',
  onInterrupted: 'drop',
  onUnconfirmed: 'drop',
  expiresInMs: 60_000,
};

/** A filler is for this silence: it is said at once or not at all. */
const FILLER_PLAN: CompiledSpeechPlan = { ...PROGRESS_PLAN, expiresInMs: 3000, minGapMs: 0 };

/** Said because the call is about to end by itself: a word that nothing of less worth may keep from being said. */
const LIMIT_PLAN: CompiledSpeechPlan = { ...FILLER_PLAN, class: 'latest', expiresInMs: SILENCE_LIMIT_NEAR_MS };

/** Later wishes win; whatever is of class `progress` in the end has the defaults of progress reports. */
function plan(
  settings: SpeechSettings,
  wishes: Parameters<typeof compileSpeechPlan>[0],
  defaults: CompiledSpeechPlan = DEFAULT_SPEECH_PLAN,
): CompiledSpeechPlan {
  const wanted = compileSpeechPlan(wishes, defaults);
  const base = wanted.class === 'progress' ? PROGRESS_PLAN : defaults;
  return compileSpeechPlan(wishes, { ...base, maxHoldMs: settings.maxHoldMs });
}

/** @param toolCall its request, whose plan the result's wishes override; `undefined` when it is not stored any more */
export function utteranceOfResult(
  result: ToolCallFinished,
  toolCall: PendingToolCall | undefined,
  settings: SpeechSettings,
  now: number,
): UtteranceContent {
  const { callId, toolCallId, tool, outcome, requestedAt, data } = result;
  return {
    id: toolCallKey(callId, toolCallId),
    callId,
    source: 'result',
    text: result.text ?? '',
    plan: plan(settings, [toolCall?.speech, result.speech]),
    queuedAt: now,
    tool,
    toolCallId,
    outcome,
    requestedAt,
    ...(data === undefined ? {} : { data }),
    ...(toolCall === undefined ? {} : { arguments: toolCall.arguments }),
  };
}

export function utteranceOfProgress(
  progress: ToolCallProgressed,
  settings: SpeechSettings,
  now: number,
): UtteranceContent {
  const { callId, toolCallId, tool, text, sequence } = progress;
  return {
    id: `${toolCallKey(callId, toolCallId)}-p${String(sequence)}`,
    callId,
    source: 'progress',
    text,
    plan: plan(settings, [progress.speech], PROGRESS_PLAN),
    queuedAt: now,
    tool,
    toolCallId,
  };
}

export function utteranceOfAnnouncement(
  announcement: AnnouncementRequested,
  settings: SpeechSettings,
  now: number,
): UtteranceContent {
  const { callId, announcementId, text } = announcement;
  return {
    id: announcementKey(callId, announcementId),
    callId,
    source: 'announcement',
    text,
    plan: plan(settings, [announcement.speech]),
    queuedAt: now,
  };
}

/** Its language is that of the tool's results. */
export function utteranceOfFiller({ request, text, sequence, isForLimit }: DueFiller, now: number): UtteranceContent {
  const { callId, toolCallId, tool, speech } = request;
  return {
    id: fillerId(callId, toolCallId, sequence),
    callId,
    source: 'filler',
    text,
    plan: compileSpeechPlan(
      [speech?.language === undefined ? undefined : { language: speech.language }],
      isForLimit ? LIMIT_PLAN : FILLER_PLAN,
    ),
    queuedAt: now,
    tool,
    toolCallId,
  };
}

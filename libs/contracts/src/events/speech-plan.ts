import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

/** How the words are chosen: said as they are, given to the model to say, or given to the model without a reply. */
export const SpeechWordings = ['verbatim', 'assistant', 'silent'] as const;
export type SpeechWording = (typeof SpeechWordings)[number];

/** When it may be said: cutting in, when nobody talks, or with the assistant's next turn. */
export const SpeechTimings = ['interrupt', 'when-idle', 'next-turn'] as const;
export type SpeechTiming = (typeof SpeechTimings)[number];

/** Rank of what waits: `urgent` first; `latest` replaces an older one of its key; `progress` may be dropped. */
export const SpeechClasses = ['urgent', 'result', 'latest', 'progress'] as const;
export type SpeechClass = (typeof SpeechClasses)[number];

/** What happens when the hold reached its bound. */
export const HoldPolicies = ['speak', 'silent', 'drop'] as const;
export type HoldPolicy = (typeof HoldPolicies)[number];

export const InterruptionPolicies = ['repeat', 'drop'] as const;
export type InterruptionPolicy = (typeof InterruptionPolicies)[number];

export const UnconfirmedPolicies = ['context', 'repeat', 'drop'] as const;
export type UnconfirmedPolicy = (typeof UnconfirmedPolicies)[number];

/** What becomes of a running job when its call ends. */
export const CallEndPolicies = ['finish', 'cancel'] as const;
export type CallEndPolicy = (typeof CallEndPolicies)[number];

const ONE_DAY_MS = 86_400_000;

/** Where the text goes in a sentence around it; once. */
const TEMPLATE = /^[^{}]*\{text\}[^{}]*$/;
const TEMPLATE_HINT = { message: '$property must hold {text} once, and no other braces' };
/** A language tag like `en`, `de` or `pt-BR` (BCP 47). */
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;

/** Wishes about how something is said; every field is optional, {@link compileSpeechPlan} fills in the defaults. */
export class SpeechPlan {
  @IsOptional() @IsIn(SpeechWordings) wording?: SpeechWording;
  @IsOptional() @IsIn(SpeechTimings) timing?: SpeechTiming;
  @IsOptional() @IsIn(SpeechClasses) class?: SpeechClass;
  /** A newer utterance of class `latest` replaces a waiting one with the same key. */
  @IsOptional() @IsString() @Length(1, 80) replaceKey?: string;
  @IsOptional() @IsInt() @Min(1000) @Max(ONE_DAY_MS) expiresInMs?: number;
  @IsOptional() @IsInt() @Min(0) @Max(600_000) maxHoldMs?: number;
  @IsOptional() @IsIn(HoldPolicies) onHoldExpired?: HoldPolicy;
  @IsOptional() @IsBoolean() callerMayInterrupt?: boolean;
  @IsOptional() @IsIn(InterruptionPolicies) onInterrupted?: InterruptionPolicy;
  @IsOptional() @IsIn(UnconfirmedPolicies) onUnconfirmed?: UnconfirmedPolicy;
  /** Hangs up once it was said. The caller may then not interrupt it, unless told otherwise: talking would stop that. */
  @IsOptional() @IsBoolean() endCallAfter?: boolean;
  /** Sentence around the text, e.g. `About your order: {text}`. */
  @IsOptional() @Matches(TEMPLATE, TEMPLATE_HINT) @Length(6, 300) template?: string;
  /** The same when it is said again after an interruption, e.g. `As I was saying: {text}`; else as the first time. */
  @IsOptional() @Matches(TEMPLATE, TEMPLATE_HINT) @Length(6, 300) repeatTemplate?: string;
  /** A longer text is cut after a sentence. */
  @IsOptional() @IsInt() @Min(40) @Max(2000) maxCharacters?: number;
  /** Language of the text, by which amounts, dates and times are put into words. */
  @IsOptional() @Matches(LANGUAGE, { message: '$property must be a language tag like en or pt-BR' }) language?: string;
  /** Class `progress`: least time between two reports in a call. */
  @IsOptional() @IsInt() @Min(0) @Max(600_000) minGapMs?: number;
  /** Class `progress`: most reports that are said for one tool call. */
  @IsOptional() @IsInt() @Min(0) @Max(100) maxCount?: number;
}

/** A plan with every decision made. Inner code receives this type only. */
export interface CompiledSpeechPlan {
  readonly wording: SpeechWording;
  readonly timing: SpeechTiming;
  readonly class: SpeechClass;
  readonly replaceKey?: string;
  readonly expiresInMs: number;
  readonly maxHoldMs: number;
  readonly onHoldExpired: HoldPolicy;
  readonly callerMayInterrupt: boolean;
  readonly onInterrupted: InterruptionPolicy;
  readonly onUnconfirmed: UnconfirmedPolicy;
  readonly endCallAfter: boolean;
  readonly template?: string;
  readonly repeatTemplate?: string;
  readonly maxCharacters: number;
  readonly language: string;
  readonly minGapMs: number;
  readonly maxCount: number;
}

export const DEFAULT_SPEECH_PLAN: CompiledSpeechPlan = {
  wording: 'verbatim',
  timing: 'when-idle',
  class: 'result',
  expiresInMs: 600_000,
  maxHoldMs: 20_000,
  onHoldExpired: 'speak',
  callerMayInterrupt: true,
  onInterrupted: 'repeat',
  onUnconfirmed: 'context',
  endCallAfter: false,
  // A `say` has no stated limit; others stop at 1000 characters (VAPI.md 2.3), a minute of speech.
  maxCharacters: 800,
  language: 'en',
  // PEERS.md 1A, row 9.
  minGapMs: 6000,
  maxCount: 5,
};

/** Merges wishes over `defaults`; later ones win, `undefined` fields do not count. */
export function compileSpeechPlan(
  wishes: readonly (SpeechPlan | undefined)[],
  defaults: CompiledSpeechPlan = DEFAULT_SPEECH_PLAN,
): CompiledSpeechPlan {
  const merged: Record<string, unknown> = { ...defaults };
  for (const wish of wishes) {
    for (const [field, value] of Object.entries(wish ?? {})) {
      if (value !== undefined) merged[field] = value;
    }
  }
  // A caller who talks on would keep the call from ending (VAPI.md 2.3).
  const hasSaid = wishes.some((wish) => wish?.callerMayInterrupt !== undefined);
  if (merged['endCallAfter'] === true && !hasSaid) merged['callerMayInterrupt'] = false;
  return merged as unknown as CompiledSpeechPlan;
}

import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

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
  @IsOptional() @IsBoolean() endCallAfter?: boolean;
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
  return merged as unknown as CompiledSpeechPlan;
}

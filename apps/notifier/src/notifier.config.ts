import { IsArray, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { Env } from '@interject/runtime';
import { DEFAULT_VAPI_BASE_URL, parseAllowedOrigins } from '@interject/vapi';
import { DEFAULT_SPEECH_SETTINGS } from '@interject/speech';
import type { SpeechSettings } from '@interject/speech';

/** Configuration of the notifier, see .env.example. */
export class NotifierConfig {
  /** Vapi's private key: lets the notifier ask whether a call has ended, and for a control URL that no webhook showed. */
  @Env('VAPI_API_KEY', { secret: true, type: 'string' })
  @IsOptional()
  @IsString()
  @Length(8, 1024)
  readonly apiKey?: string;

  /** Vapi's public key, for assistants with `monitorPlan.controlAuthenticationEnabled` (VAPI.md 2.2). */
  @Env('VAPI_PUBLIC_KEY', { secret: true, type: 'string' })
  @IsOptional()
  @IsString()
  @Length(8, 1024)
  readonly publicKey?: string;

  @Env('VAPI_BASE_URL')
  @IsString()
  @Length(1, 2048)
  readonly baseUrl: string = DEFAULT_VAPI_BASE_URL;

  /** Origins besides https://*.vapi.ai that a control URL may have, for the simulator. */
  @Env('VAPI_CONTROL_URL_ALLOWED_ORIGINS', { type: 'list' })
  @IsArray()
  @IsString({ each: true })
  readonly controlUrlAllowedOrigins: readonly string[] = [];

  @Env('SPEECH_QUIET_MS')
  @IsInt()
  @Min(0)
  @Max(10_000)
  readonly quietMs: number = DEFAULT_SPEECH_SETTINGS.quietMs;

  @Env('SPEECH_REPLY_GRACE_MS')
  @IsInt()
  @Min(0)
  @Max(30_000)
  readonly replyGraceMs: number = DEFAULT_SPEECH_SETTINGS.replyGraceMs;

  @Env('SPEECH_MAX_HOLD_MS')
  @IsInt()
  @Min(0)
  @Max(600_000)
  readonly maxHoldMs: number = DEFAULT_SPEECH_SETTINGS.maxHoldMs;

  @Env('SPEECH_BLIND_HOLD_MS')
  @IsInt()
  @Min(0)
  @Max(60_000)
  readonly blindHoldMs: number = DEFAULT_SPEECH_SETTINGS.blindHoldMs;

  @Env('SPEECH_CONFIRM_MS')
  @IsInt()
  @Min(500)
  @Max(120_000)
  readonly confirmMs: number = DEFAULT_SPEECH_SETTINGS.confirmMs;

  /** Speaking time of one character, by which speech that is not seen is estimated; depends on voice and language. */
  @Env('SPEECH_CHARACTER_MS')
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly characterMs: number = DEFAULT_SPEECH_SETTINGS.characterMs;

  get speech(): SpeechSettings {
    const { quietMs, replyGraceMs, maxHoldMs, blindHoldMs, confirmMs, characterMs } = this;
    return { quietMs, replyGraceMs, maxHoldMs, blindHoldMs, confirmMs, characterMs };
  }

  problems(): string[] {
    const problems: string[] = [];
    try {
      parseAllowedOrigins(this.controlUrlAllowedOrigins);
    } catch (error) {
      problems.push(`VAPI_CONTROL_URL_ALLOWED_ORIGINS ${(error as Error).message}`);
    }
    const url = URL.canParse(this.baseUrl) ? new URL(this.baseUrl) : undefined;
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
      problems.push('VAPI_BASE_URL must be an http or https URL like https://api.vapi.ai');
    }
    return problems;
  }
}

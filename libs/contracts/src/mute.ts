import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MAX_ID_LENGTH } from './events/tool-call-requested.js';
import { Version } from './versions.js';

/** Keys in the bucket `settings` by which speech is switched off (docs/adr/0050). */
export const MuteKeys = {
  /** A {@link MuteOrder}: while it is there, nothing is said in any call. What it holds does not matter for that. */
  all: 'mute.all',
  /** {@link MutedCalls}. */
  calls: 'mute.calls',
} as const;

/** The list is one entry of a bucket of 1 MiB; who has more of them to mute mutes all. */
export const MAX_MUTED_CALLS = 500;
/** No call lasts so long: what is older is taken off the list when it is next written. */
export const MUTED_CALL_KEPT_MS = 86_400_000;

/** When and why speech was switched off. */
@Version(1)
export class MuteOrder {
  /** Milliseconds since the epoch, the clock of whoever muted. */
  @IsInt() @Min(0) at!: number;
  /** In the words of whoever muted. */
  @IsOptional() @IsString() @MaxLength(200) reason?: string;
}

/** A call in which nothing is said. */
export class MutedCall extends MuteOrder {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
}

/** Entry `settings/mute.calls`, as JSON. */
@Version(1)
export class MutedCalls {
  @IsArray()
  @ArrayMaxSize(MAX_MUTED_CALLS)
  @ValidateNested({ each: true })
  @Type(() => MutedCall)
  calls!: MutedCall[];
}

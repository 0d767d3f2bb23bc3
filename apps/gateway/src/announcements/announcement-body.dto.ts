import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';
import { MAX_ID_LENGTH, MAX_SPEECH_TEXT, SpeechPlan } from '@interject/contracts';

/** What is to be said in a call, as a backend service sends it. */
export class AnnouncementBody {
  /** The sender's own: the same one again has no second effect. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  @Matches(/[^\s\uFE0E\uFE0F]/, { message: '$property must hold a visible character' })
  id?: string;

  @IsString()
  @Length(1, MAX_SPEECH_TEXT)
  @Matches(/[\p{L}\p{N}]/u, { message: '$property must hold something that can be said' })
  text!: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => SpeechPlan)
  speech?: SpeechPlan;
}

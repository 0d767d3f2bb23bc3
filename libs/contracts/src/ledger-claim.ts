import { IsBoolean, IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { MAX_SPEECH_TEXT } from './events/call-events.js';
import { Version } from './versions.js';

/**
 * Entry `ledger/<toolCallKey>`, as JSON: who delivers the result of a sync tool call. Whoever creates it decides; the
 * gateway may change `inline` to `spoken` when its answer could not be written.
 */
@Version(1)
export class LedgerClaim {
  @IsIn(['inline', 'spoken']) claim!: 'inline' | 'spoken';
  /** With `inline`: the answer, so that a repeat of the webhook at any replica is answered alike. */
  @IsOptional() @IsString() @MaxLength(MAX_SPEECH_TEXT) text?: string;
  /** With `inline`: the answer is an error. */
  @IsOptional() @IsIn(['result', 'error']) as?: 'result' | 'error';
  /** With `inline`: stands for the one response that carries the answer, so that only its writer withdraws the claim. */
  @IsOptional() @IsString() @Length(1, 100) by?: string;
  /** With `inline`: an answer has left whole. Nobody may withdraw the claim any more, whoever else hangs up. */
  @IsOptional() @IsBoolean() delivered?: boolean;
}

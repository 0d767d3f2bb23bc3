import { ArrayMaxSize, IsArray, IsIn, IsString, Length, MaxLength } from 'class-validator';
import { MAX_ID_LENGTH } from './events/tool-call-requested.js';
import { MAX_SPEECH_TEXT } from './events/call-events.js';
import { Version } from './versions.js';

/** Far more than a call can have. */
const MAX_TASKS = 10_000;

/**
 * Entry `ledger/<toolCallKey>` of a call of `cancel_task`, as JSON: what it meant, decided once. A repeat of its webhook at
 * any gateway is answered alike and stops nothing else, whatever runs by then.
 */
@Version(1)
export class CancelClaim {
  /** Tool calls that are to stop; none when the wish was refused. */
  @IsArray()
  @ArrayMaxSize(MAX_TASKS)
  @IsString({ each: true })
  @Length(1, MAX_ID_LENGTH, { each: true })
  toolCallIds!: string[];
  /** The answer is a result or an error. */
  @IsIn(['result', 'error']) as!: 'result' | 'error';
  /** The answer: titles of tasks, no more. */
  @IsString() @MaxLength(MAX_SPEECH_TEXT) text!: string;
}

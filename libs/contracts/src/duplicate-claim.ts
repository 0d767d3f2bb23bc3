import { IsInt, IsString, Length, Min } from 'class-validator';
import { MAX_ID_LENGTH } from './events/tool-call-requested.js';
import { Version } from './versions.js';

/**
 * Entry `ledger/<duplicateKey>`, as JSON: the tool call that stands in the way of others of its kind
 * (`ToolDefinition.duplicates`). Whoever creates it goes first; it is taken over when it stands in the way no longer.
 */
@Version(1)
export class DuplicateClaim {
  @IsString() @Length(1, MAX_ID_LENGTH) toolCallId!: string;
  /** Milliseconds since the epoch, the gateway's clock. */
  @IsInt() @Min(0) at!: number;
}

import { IsBoolean, IsOptional, IsString, Length } from 'class-validator';
import { MAX_ID_LENGTH } from '../events/tool-call-requested.js';

/** May an announcement be lined up in a call? `known`: it is there already. */
export const Admissions = ['admitted', 'known', 'ended', 'full'] as const;
export type Admission = (typeof Admissions)[number];

/**
 * Core request to the owner of a call's partition (`Subjects.callsQuery`), as JSON. The answer is the state of the call as
 * `GET /calls/{callId}` shows it, or `{ "found": false }`; with `admit` it has the further field `admission`, with
 * `withProgress` the pending tool calls have `progress`.
 */
export class CallQuestion {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  /** Utterance id of an announcement that is about to be published: keeps a place for it for a few seconds. */
  @IsOptional() @IsString() @Length(1, 200) admit?: string;
  /** Adds the words of the last progress report, cut to 300 characters. Private: for the assistant of this call alone. */
  @IsOptional() @IsBoolean() withProgress?: boolean;
}

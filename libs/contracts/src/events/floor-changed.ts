import { IsIn, IsInt, IsOptional, IsString, Length, Min } from 'class-validator';
import { MAX_ID_LENGTH } from './tool-call-requested.js';

export const FloorSpeakers = ['caller', 'assistant'] as const;
export type FloorSpeaker = (typeof FloorSpeakers)[number];

export const FloorChanges = ['started', 'stopped', 'interrupted'] as const;
export type FloorChange = (typeof FloorChanges)[number];

/** Somebody began or ceased to speak; `interrupted`: the caller cut the assistant off (`speaker` is then `caller`). */
export class FloorChanged {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsIn(FloorSpeakers) speaker!: FloorSpeaker;
  @IsIn(FloorChanges) change!: FloorChange;
  @IsOptional() @IsInt() @Min(0) turn?: number;
  /** Vapi's timestamp in milliseconds since the epoch, else the time of receipt. */
  @IsInt() @Min(0) at!: number;
  /** The gateway's clock at receipt: with `at` it tells how late the event came. */
  @IsInt() @Min(0) receivedAt!: number;
}

import { Describe } from '@interject/worker-sdk';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { DayParts } from '../appointments/day-parts.js';
import type { DayPart } from '../appointments/day-parts.js';

/*
 * Loose on purpose: what does not fit the schema is refused in the webhook's answer, which for an async tool nobody
 * hears. Days that do not exist and services that we do not have are therefore left to the domain, which says so.
 */

/** Arguments of `find_slots`. */
export class FindSlotsArguments {
  @Describe('What the caller needs, e.g. "dentist". Give this or the practitioner.')
  @IsOptional()
  @IsString()
  @MaxLength(80)
  readonly service?: string;

  @Describe('Name of the practitioner the caller asks for, e.g. "Doctor Weber".')
  @IsOptional()
  @IsString()
  @MaxLength(80)
  readonly practitioner?: string;

  @Describe('First day, YYYY-MM-DD. Leave it out for as soon as possible.')
  @IsOptional()
  @IsString()
  @MaxLength(40)
  readonly date?: string;

  @Describe('Last day of a range, YYYY-MM-DD. Leave it out for a single day.')
  @IsOptional()
  @IsString()
  @MaxLength(40)
  readonly untilDate?: string;

  @Describe("Part of the day the caller prefers: morning is before 12, evening from 17 o'clock.")
  @IsOptional()
  @IsIn(DayParts)
  readonly partOfDay?: DayPart;
}

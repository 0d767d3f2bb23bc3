import { Describe } from '@interject/worker-sdk';
import { IsOptional, IsString, MaxLength } from 'class-validator';

/** Arguments of `cancel_appointment`: the reference, or name and time together. */
export class CancelAppointmentArguments {
  @Describe('The six digits the caller was told when booking.')
  @IsOptional()
  @IsString()
  @MaxLength(40)
  readonly reference?: string;

  @Describe('Name of the person the appointment is for. Needed with startsAt if there is no reference.')
  @IsOptional()
  @IsString()
  @MaxLength(100)
  readonly name?: string;

  @Describe('When the appointment starts, in the local time of the practice: YYYY-MM-DDTHH:MM, without an offset.')
  @IsOptional()
  @IsString()
  @MaxLength(40)
  readonly startsAt?: string;
}

import { Describe, FromCall } from '@interject/worker-sdk';
import { IsOptional, IsString, Length, MaxLength } from 'class-validator';

/** Arguments of `book_appointment`: a slot id, or a time with a service or a practitioner. */
export class BookAppointmentArguments {
  @Describe('Full name of the person the appointment is for.')
  @IsString()
  @Length(2, 100)
  readonly name!: string;

  @Describe(
    'When it starts, in the local time of the practice: YYYY-MM-DDTHH:MM, without an offset. ' +
      'The word "earliest" books the next free time; use it only if the caller wants whatever comes first.',
  )
  @IsOptional()
  @IsString()
  @MaxLength(40)
  readonly startsAt?: string;

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

  @Describe('Id of a slot, if you know it; then time, service and practitioner are not needed.')
  @IsOptional()
  @IsString()
  @MaxLength(120)
  readonly slotId?: string;

  @Describe('Phone number, if the caller gave one.')
  @IsOptional()
  @IsString()
  @MaxLength(40)
  readonly phone?: string;

  /** The number the call comes from, kept if the caller names no other. */
  @FromCall('{{ customer.number }}')
  @IsOptional()
  @IsString()
  @MaxLength(40)
  readonly callerNumber?: string;
}

import { IsString, Length } from 'class-validator';

export class ReportArguments {
  @IsString()
  @Length(1, 80)
  readonly region!: string;
}

import { Env } from '@interject/runtime';
import { IsOptional, IsString, Length, Matches } from 'class-validator';

/** Where the appointments are kept. */
export class DatabaseConfig {
  /** A PostgreSQL server, which several replicas can share. Secret: it may hold user and password. */
  @Env('DATABASE_URL', { secret: true })
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/, { message: 'must be a URL like postgres://user:password@host:5432/database' })
  readonly url?: string;

  /** Without a server: the folder of the embedded database, for one process. `memory://` keeps nothing. */
  @Env('APPOINTMENTS_DATA_DIR')
  @IsString()
  @Length(1, 1000)
  readonly dataDirectory: string = '.interject/appointments';
}

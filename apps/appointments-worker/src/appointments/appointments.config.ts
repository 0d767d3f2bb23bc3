import { Env } from '@interject/runtime';
import { IsInt, IsTimeZone, Max, Min } from 'class-validator';

/** How this worker runs its practice. */
export class AppointmentsConfig {
  /**
   * Where the practice is: opening hours, and times without an offset, are its wall clock. UTC unless told, because any
   * other default would be wrong for most practices without anybody noticing, and because Vapi's `{{now}}`, from which
   * the model knows the date, is UTC as well.
   */
  @Env('APPOINTMENTS_TIME_ZONE')
  @IsTimeZone({ message: 'must be an IANA time zone, e.g. Europe/Berlin' })
  readonly timeZone: string = 'UTC';

  /** For demos and tests: plays a practice system that takes this long to search (ms). */
  @Env('APPOINTMENTS_SEARCH_DELAY_MS')
  @IsInt()
  @Min(0)
  @Max(20_000)
  readonly searchDelayMs: number = 0;
}

import { Temporal } from 'temporal-polyfill';

/** A calendar day, `YYYY-MM-DD`; `undefined` if there is no such day. */
export function parseDay(text: string): Temporal.PlainDate | undefined {
  return attempt(() => Temporal.PlainDate.from(text, { overflow: 'reject' }));
}

/**
 * A moment, `YYYY-MM-DDTHH:MM`: without an offset it is the practice's wall clock, which is what callers mean; with one
 * it is that very moment. `undefined` if there is no such time.
 */
export function parseStart(text: string, timeZone: string): Temporal.Instant | undefined {
  return attempt(() =>
    hasOffset(text)
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text, { overflow: 'reject' })
          .toZonedDateTime(timeZone, { disambiguation: 'earlier' })
          .toInstant(),
  );
}

function hasOffset(text: string): boolean {
  return /(Z|[+-]\d{2}:?\d{2})$/i.test(text);
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Something that one can come for, and other words that callers have for it. */
export interface Service {
  /** As it is said in a sentence: "at the dentist". */
  readonly name: string;
  readonly aliases: readonly string[];
}

export interface Practitioner {
  /** Stands in the database and in slot ids: never change it. */
  readonly id: string;
  readonly name: string;
  /** As a voice says it: "Doctor Weber". */
  readonly spokenName: string;
  /** Name of a {@link Service}. */
  readonly service: string;
}

/** Wall clock times of the practice, `HH:MM`. */
export interface OpeningPeriod {
  readonly opens: string;
  readonly closes: string;
}

/** What is open to booking; free slots are worked out from it, none are stored. */
export interface Practice {
  readonly services: readonly Service[];
  /** In the order in which they are offered. */
  readonly practitioners: readonly Practitioner[];
  /** ISO weekdays, 1 is Monday. */
  readonly openOn: readonly number[];
  readonly periods: readonly OpeningPeriod[];
  /** Length of an appointment. Changing it with appointments on the books is safe: overlaps are not offered. */
  readonly slotMinutes: number;
  /** How far ahead appointments are made. */
  readonly horizonDays: number;
}

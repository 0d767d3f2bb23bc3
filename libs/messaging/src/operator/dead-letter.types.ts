/** A message that was given up, as it lies in `DEAD_LETTERS`. */
export interface DeadLetter {
  /** Its number, by which operators name it. */
  readonly sequence: number;
  /** When it was given up, milliseconds since the epoch, the server's clock. */
  readonly storedAt: number;
  /** Stream it comes from. */
  readonly stream: string;
  readonly subject: string;
  /** Its sequence there. */
  readonly originalSequence: number;
  readonly reason: string;
  /** How often it was delivered. */
  readonly deliveries: number;
  /** Durable consumer that gave it up. */
  readonly consumer: string;
  /** Headers it had, `traceparent` among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was published. */
  readonly data: Uint8Array;
}

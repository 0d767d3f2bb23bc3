/** How long {@link eventually} tries, and how long it waits between two tries (ms). */
export interface EventuallyOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Runs `probe` until it neither throws nor returns `undefined` or `false`.
 *
 * @throws Error with the last failure as cause when the time is over
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 25 }: EventuallyOptions = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown = new Error('The probe gave nothing.');
  do {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  } while (performance.now() < deadline);
  const text = last instanceof Error ? last.message : String(last);
  throw new Error(`Not within ${String(timeoutMs)} ms: ${text}`, { cause: last });
}

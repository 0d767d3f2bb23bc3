/**
 * Does things in their order, several at a time: each lane takes the next one when it is done with the last.
 *
 * @param work never rejects: what goes wrong with one is no reason to leave the others
 */
export async function inLanes<T>(
  lanes: number,
  things: readonly T[],
  work: (thing: T) => Promise<void>,
): Promise<void> {
  const next = things.values();
  const lane = async (): Promise<void> => {
    // Shared by all lanes: each takes what none has taken.
    for (const thing of next) await work(thing);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

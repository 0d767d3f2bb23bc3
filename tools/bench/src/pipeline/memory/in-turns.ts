/** Does `work` for 0 to `count` - 1, at most `atOnce` at a time. @throws the first error, when all that was begun has ended */
export async function inTurns(count: number, atOnce: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  let hasFailed = false;
  const takeTurns = async (): Promise<void> => {
    while (next < count && !hasFailed) {
      const at = next;
      next += 1;
      try {
        await work(at);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const turns = await Promise.allSettled(Array.from({ length: Math.min(atOnce, count) }, takeTurns));
  const failed = turns.find((turn) => turn.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/**
 * The answer to a request, if it comes in time.
 *
 * @param onLate gets an answer that came after all
 * @throws Error after `limitMs`, and whatever the request fails with before
 */
export async function within<T>(limitMs: number, request: Promise<T>, onLate?: (answer: T) => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Error(`No answer within ${String(limitMs)} ms`));
    }, limitMs);
  });
  request.then(
    (answer) => {
      if (isLate) onLate?.(answer);
    },
    // The race reports it, or nobody asks any more.
    () => undefined,
  );
  try {
    return await Promise.race([request, limit]);
  } finally {
    clearTimeout(timer);
  }
}

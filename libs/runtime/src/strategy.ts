/** The part of Nest's `CustomTransportStrategy` that the runtime needs. */
export interface Strategy {
  listen(callback: (...args: unknown[]) => unknown): unknown;
  close(): unknown;
}

/**
 * Makes `close` of this strategy run once, whoever calls it: the shutdown calls it at its own time, and Nest calls it again
 * in `app.close()`, where a failure would keep the shutdown hooks from running. So the second call gives no failure.
 */
export function closeOnce(strategy: Strategy): Strategy {
  const close = strategy.close.bind(strategy);
  let closing: Promise<unknown> | undefined;
  strategy.close = () => {
    if (closing !== undefined) return closing.catch(() => undefined);
    closing = (async () => close())();
    return closing;
  };
  return strategy;
}

/** What a child process of the bench is asked, and what it answers: numbered, because several may be open. */
export interface Question {
  readonly id: number;
  readonly ask: unknown;
}

export type Reply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failure: string };

/** Sent once the child can be asked. */
export interface Ready {
  readonly ready: unknown;
}

/** In a child process: the options its parent has started it with. */
export function optionsFromParent<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/**
 * In a child process: answers its parent until it goes away; then the child ends, whatever it is doing, so that none is
 * left behind.
 *
 * @param ready what the parent gets from the start
 * @param answer takes what the parent asks
 */
export function serveParent(ready: unknown, answer: (ask: unknown) => Promise<unknown>): void {
  // An exit of its own, not by the signal: only then is a CPU profile written.
  for (const end of ['disconnect', 'SIGTERM'] as const) process.on(end, () => process.exit(0));
  process.on('message', (question: Question) => {
    const { id, ask } = question;
    answer(ask).then(
      (value) => process.send?.({ id, answer: value } satisfies Reply),
      (error: unknown) => process.send?.({ id, failure: String(error) } satisfies Reply),
    );
  });
  process.send?.({ ready } satisfies Ready);
}

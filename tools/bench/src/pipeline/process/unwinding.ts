type Step = () => Promise<void>;

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Undoes what was started, the last thing first; also when the bench itself is told to end. */
export class Unwinding {
  private readonly steps: Step[] = [];
  private done: Promise<void> | undefined;
  private readonly handlers = Object.entries(SIGNALS).map(([signal, code]) => ({
    signal,
    handle: (): void => {
      void this.run().finally(() => process.exit(code));
    },
  }));

  constructor() {
    for (const { signal, handle } of this.handlers) process.once(signal, handle);
  }

  add(step: Step): void {
    this.steps.push(step);
  }

  /** Once, however often it is called. @throws the first failure, after all steps were tried */
  async run(): Promise<void> {
    this.done ??= this.undoAll();
    return this.done;
  }

  private async undoAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      await step().catch((error: unknown) => failures.push(error));
    }
    for (const { signal, handle } of this.handlers) process.removeListener(signal, handle);
    if (failures.length > 0) throw failures[0];
  }
}

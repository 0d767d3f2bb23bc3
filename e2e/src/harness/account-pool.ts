import { SimulatedAccount } from './simulated-account.js';

/** A few accounts for many tests: each has one for itself, empty, as long as it needs it. */
export class AccountPool {
  private readonly all: SimulatedAccount[] = [];
  private readonly idle: SimulatedAccount[] = [];
  private readonly waiting: ((account: SimulatedAccount) => void)[] = [];

  async start(count: number): Promise<void> {
    const started = await Promise.all(Array.from({ length: count }, () => SimulatedAccount.start()));
    this.all.push(...started);
    for (const account of started) this.give(account);
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((account) => account.stop()));
  }

  /** Waits until one is free. */
  async use(act: (account: SimulatedAccount) => Promise<void>): Promise<void> {
    const account = this.idle.pop() ?? (await new Promise<SimulatedAccount>((resolve) => this.waiting.push(resolve)));
    try {
      await act(account);
    } finally {
      await account.wipe();
      this.give(account);
    }
  }

  private give(account: SimulatedAccount): void {
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(account);
    else next(account);
  }
}

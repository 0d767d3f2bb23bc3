/** Outcome of one check. Details are shown on the management port: nothing private in them. */
export interface CheckResult {
  readonly status: 'up' | 'down';
  readonly [detail: string]: unknown;
}

/** `not-ready`: started, but a check says down. */
export type ReadinessStatus = 'starting' | 'ready' | 'not-ready' | 'shutting_down';

export interface ReadinessReport {
  readonly status: ReadinessStatus;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

type Check = () => Promise<CheckResult> | CheckResult;
type Phase = 'starting' | 'started' | 'shutting_down';

export interface ReadinessOptions {
  /** Time for each check (ms); default 1,000, so that the answer comes before a probe's own limit. */
  readonly checkTimeoutMs?: number;
}

/** Tells whether this service may be given work: modules register their checks, the management port asks. */
export class Readiness {
  private readonly checks = new Map<string, Check>();
  private readonly running = new Map<string, Promise<CheckResult>>();
  private readonly checkTimeoutMs: number;
  private phase: Phase = 'starting';

  constructor({ checkTimeoutMs = 1_000 }: ReadinessOptions = {}) {
    this.checkTimeoutMs = checkTimeoutMs;
  }

  /**
   * @param name shown in the report, e.g. `nats`
   * @param check may throw: that is "down"
   * @throws TypeError if the name is taken
   */
  register(name: string, check: Check): void {
    if (this.checks.has(name)) throw new TypeError(`There is a readiness check "${name}" already.`);
    this.checks.set(name, check);
  }

  /** Everything is started: from now on the checks decide. */
  started(): void {
    if (this.phase === 'starting') this.phase = 'started';
  }

  /** No new work from now on; there is no way back. */
  shuttingDown(): void {
    this.phase = 'shutting_down';
  }

  /** Runs all checks at the same time. Never throws. */
  async report(): Promise<ReadinessReport> {
    const names = [...this.checks.keys()];
    const results = await Promise.all(names.map((name) => this.run(name)));
    const checks = Object.fromEntries(names.map((name, i) => [name, results[i] ?? DOWN]));
    return { status: this.status(results), checks };
  }

  private status(results: readonly CheckResult[]): ReadinessStatus {
    switch (this.phase) {
      case 'starting':
      case 'shutting_down':
        return this.phase;
      case 'started':
        return results.every(({ status }) => status === 'up') ? 'ready' : 'not-ready';
    }
  }

  /** A check that hangs is not begun again at each probe, so that hanging ones do not pile up. */
  private async run(name: string): Promise<CheckResult> {
    const running = this.running.get(name) ?? this.begin(name);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<CheckResult>((resolve) => {
      timer = setTimeout(() => {
        resolve({ status: 'down', reason: 'timeout' });
      }, this.checkTimeoutMs);
    });
    try {
      return await Promise.race([running, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private begin(name: string): Promise<CheckResult> {
    const running = runCheck(this.checks.get(name)).finally(() => this.running.delete(name));
    this.running.set(name, running);
    return running;
  }
}

const DOWN: CheckResult = { status: 'down' };

/** Never rejects: the text of a failure is private, its code is not. */
async function runCheck(check: Check | undefined): Promise<CheckResult> {
  try {
    return (await check?.()) ?? DOWN;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    return { status: 'down', reason: typeof code === 'string' ? code : 'error' };
  }
}

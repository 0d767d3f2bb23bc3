import { afterAll, beforeAll, it } from '@jest/globals';
import { InterjectSystem } from './interject-system.js';
import type { SystemOptions } from './interject-system.js';
import { LoneWorker } from './lone-worker.js';
import type { PlanWishes } from './tools.js';

/** What a play has to itself. */
export interface Props {
  /** Starts a worker of its own, and waits until the gateway takes calls of its tool. */
  readonly worker: (tool: string, wishes?: PlanWishes) => Promise<LoneWorker>;
}

type Play = (system: InterjectSystem, props: Props) => Promise<void>;

/**
 * One system on which the plays of a suite go on at the same time; each is a test that waits for its end. Other than a
 * `Stage`'s scenes they start, kill and stop workers of their own.
 */
export class Plays {
  private readonly plays = new Map<string, Play>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly workers: LoneWorker[] = [];
  private current: InterjectSystem | undefined;

  /** @param options default: gateway and notifier */
  constructor(options: SystemOptions = {}) {
    beforeAll(async () => {
      const system = await InterjectSystem.start({ services: ['gateway', 'notifier'], ...options });
      this.current = system;
      for (const [title, play] of this.plays) {
        const playing = play(system, { worker: (tool, wishes) => this.startWorker(system, tool, wishes) });
        playing.catch(() => undefined);
        this.running.set(title, playing);
      }
    }, 60_000);
    afterAll(async () => {
      await Promise.allSettled(this.running.values());
      let codes = new Map<string, number | null>();
      try {
        codes = (await this.current?.stop()) ?? codes;
      } finally {
        await Promise.all(this.workers.map((worker) => worker.dispose()));
      }
      const faulty = [...codes].filter(([, code]) => code !== 0);
      if (faulty.length > 0) throw new Error(`Did not end well: ${faulty.map((each) => each.join(' ')).join(', ')}`);
    }, 60_000);
  }

  /** A test. */
  play(title: string, play: Play): void {
    this.plays.set(title, play);
    it(
      title,
      async () => {
        const playing = this.running.get(title);
        if (playing === undefined) throw new Error('It was not played.');
        await playing;
      },
      90_000,
    );
  }

  private async startWorker(system: InterjectSystem, tool: string, wishes?: PlanWishes): Promise<LoneWorker> {
    const worker = await LoneWorker.start(system, tool, wishes);
    this.workers.push(worker);
    await system.knows(tool);
    return worker;
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../run/dice.js';
import { CallPlanner } from './call-plan.js';
import { ControlServer } from './control-server.js';
import { CrowdCall } from './crowd-call.js';
import type { TrackedToolCall } from './tracked-tool-call.js';
import { WebhookSender } from './webhook-sender.js';

/** Vapi with many calls at once: begins them at fixed times, whatever becomes of the earlier ones, and keeps the account. */
export class Crowd {
  readonly calls: CrowdCall[] = [];
  readonly toolCalls: TrackedToolCall[] = [];
  /** What went wrong on Vapi's side: an answer that no Vapi could read. */
  readonly problems: string[] = [];
  private readonly playing = new Set<Promise<void>>();
  private readonly planner: CallPlanner;
  private isOpen = false;

  private constructor(
    readonly webhooks: WebhookSender,
    readonly control: ControlServer,
    private readonly dice: Dice,
    private readonly byId: Map<string, CrowdCall>,
  ) {
    this.planner = new CallPlanner(dice.for('plans'));
  }

  /** Where webhooks go is told later: `crowd.webhooks.port`. */
  static async start(dice: Dice): Promise<Crowd> {
    const byId = new Map<string, CrowdCall>();
    const control = await ControlServer.start((callId) => byId.get(callId));
    return new Crowd(new WebhookSender(), control, dice, byId);
  }

  /** Calls that have begun and are not over. */
  get live(): readonly CrowdCall[] {
    return this.calls.filter(({ endedAt }) => endedAt === undefined);
  }

  call(id: string): CrowdCall | undefined {
    return this.byId.get(id);
  }

  /** Begins calls at a steady rate until {@link close}. Open loop: a slow system gets no fewer. */
  open(callsPerSecond: number): void {
    this.isOpen = true;
    void this.run(1000 / callsPerSecond);
  }

  /** No new calls; those that live go on. */
  close(): void {
    this.isOpen = false;
  }

  /** Hangs up in every call, and resolves when all are over and their webhooks were sent. */
  async hangUp(): Promise<void> {
    for (const call of this.live) call.hangUp();
    await Promise.all(this.playing);
  }

  /** After {@link hangUp}. */
  async stop(): Promise<void> {
    this.close();
    await this.hangUp();
    await this.webhooks.stop();
    await this.control.stop();
  }

  private async run(everyMs: number): Promise<void> {
    const from = performance.now();
    for (let count = 0; this.isOpen; count += 1) {
      this.begin();
      const dueIn = from + (count + 1) * everyMs - performance.now();
      if (dueIn > 0) await sleep(dueIn);
    }
  }

  private begin(): void {
    const id = uuid(this.dice);
    const call = new CrowdCall(id, this.planner.next(), this.dice.for(id), {
      webhooks: this.webhooks,
      controlUrl: `${this.control.origin}/${id}/control`,
      track: (toolCall) => this.toolCalls.push(toolCall),
      report: (problem) => this.problems.push(problem),
    });
    this.calls.push(call);
    this.byId.set(id, call);
    const playing = call.play().finally(() => this.playing.delete(playing));
    this.playing.add(playing);
  }
}

function uuid(dice: Dice): string {
  const hex = Array.from({ length: 30 }, () => dice.between(0, 15).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(12, 15)}`, `a${hex.slice(15, 18)}`, hex.slice(18)].join('-');
}

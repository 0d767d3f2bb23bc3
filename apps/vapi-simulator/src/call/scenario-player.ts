import { sleep } from '../clock/clock.types.js';
import { expectationStartMs, fittingUtterances } from '../expectations/judge.js';
import { matches } from '../expectations/text-match.js';
import { collectUtterances, heardInjected } from '../expectations/utterances.js';
import type { Expectation, Scenario, Step, StepAction } from '../scenario/scenario.types.js';
import type { GatewayApi } from '../run/gateway-api.js';
import { isInjected } from '../speech/speech.types.js';
import type { SimulatedCall } from './simulated-call.js';
import { waitFor } from './wait-for.js';

/** How long the caller waits for something expected that has no time of its own. */
const PATIENCE_MS = 20_000;
/** The caller does not listen to one who never stops. */
const BUSY_LIMIT_MS = 60_000;

type Action<Kind extends StepAction['kind']> = Extract<StepAction, { kind: Kind }>;

/** Plays the steps of a scenario in one call, one after the other, until they are done or the call ends. */
export class ScenarioPlayer {
  constructor(
    private readonly call: SimulatedCall,
    private readonly scenario: Scenario,
    private readonly gateway: GatewayApi,
  ) {}

  /** Plays all steps; if none of them ended the call, the caller hears out what is expected and hangs up. */
  async play(): Promise<void> {
    const { call } = this;
    for (const step of this.scenario.steps) {
      const pauseMs = Math.max(step.afterMs, (step.atMs ?? 0) - call.clock.nowMs());
      if (pauseMs > 0) await sleep(call.clock, pauseMs, call.endedSignal);
      if (call.endedSignal.aborted) return;
      await this.run(step);
    }
    await this.hearOut();
    call.end('customer-ended-call');
  }

  private async run({ action, path }: Step): Promise<void> {
    const { call } = this;
    switch (action.kind) {
      case 'caller':
        return this.unlessBackground(action, call.callerSays(action.text));
      case 'assistant':
        return this.unlessBackground(action, call.assistantSays(action.text, action.interruptible).done);
      case 'tool-calls':
        return this.callTools(action);
      case 'caller-talks':
        return call.callerTalks(action.talk);
      case 'gateway-request':
        return this.askGateway(action, path);
      case 'wait':
        return sleep(call.clock, action.ms, call.endedSignal);
      case 'wait-for-heard':
        return this.waitForHeard(action, path);
      case 'wait-for-control':
        return this.waitForControl(action, path);
      case 'wait-for-speaking':
        return this.waitForSpeaking(action, path);
      case 'status':
        return call.setStatus(action.status);
      case 'webhook':
      case 'raw-webhook':
        return call.customWebhook(action);
      case 'end':
        return call.end(action.reason);
    }
  }

  private async unlessBackground(
    { background }: { readonly background: boolean },
    work: Promise<unknown>,
  ): Promise<void> {
    if (!background) await work;
  }

  /** The assistant goes on at once when all tools are async, else it waits for the answers. */
  private async callTools(action: Action<'tool-calls'>): Promise<void> {
    const sent = this.call.toolCalls(action);
    if (sent.calls.every(({ tool }) => tool.async) && !action.speakResults) return;
    const entries = await sent.entries;
    if (!action.speakResults) return;
    const spoken = entries.map((entry) => entry.result).filter((result) => result !== undefined);
    await Promise.all(spoken.map((result) => this.call.assistantSays(result).done));
  }

  private async askGateway({ method, path, body, status }: Action<'gateway-request'>, step: string): Promise<void> {
    const { facts, log, runSignal } = this.call;
    const url = path.replaceAll(/\{\{\s*callId\s*\}\}/g, encodeURIComponent(facts.id));
    const answered = await this.gateway.ask({ method, path: url, body }, runSignal);
    const request = `${method} ${path}`;
    if (answered !== undefined) log.record({ type: 'gateway-answered', request, status: answered });
    const isFine = status === undefined ? answered !== undefined && answered < 300 : answered === status;
    if (isFine) return;
    const hint = answered === 401 ? ': does INTERJECT_API_KEY fit the gateway?' : '';
    const problem = `expected ${request} answered with ${status ?? '2xx'}, it was ${answered ?? 'not'}${hint}`;
    log.record({ type: 'step-failed', step, problem });
  }

  private async waitForHeard(action: Action<'wait-for-heard'>, step: string): Promise<void> {
    const { text, count } = action;
    const heard = (): number =>
      heardInjected(this.call.log.events).filter((u) => text === undefined || matches(text, u.text)).length;
    if (await this.wait(action.withinMs, () => heard() >= count)) return;
    this.fail(step, `waited to hear ${describe(text, count)}, heard ${heard()}`, action.withinMs);
  }

  /** Goes on when something came over the control URL, whatever became of it. */
  private async waitForControl({ count, withinMs }: Action<'wait-for-control'>, step: string): Promise<void> {
    const received = (): number => this.call.log.events.filter((event) => event.type === 'control-received').length;
    if (await this.wait(withinMs, () => received() >= count)) return;
    this.fail(step, `waited for ${count} messages on the control URL, there came ${received()}`, withinMs);
  }

  /** Goes on as soon as injected speech can be heard: the moment to interrupt it. */
  private async waitForSpeaking(action: Action<'wait-for-speaking'>, step: string): Promise<void> {
    const { text } = action;
    const speaking = (): boolean =>
      collectUtterances(this.call.log.events).some(
        (u) =>
          isInjected(u.source) &&
          u.startedAtMs !== undefined &&
          u.outcome === 'unfinished' &&
          (text === undefined || matches(text, u.text)),
      );
    if (await this.wait(action.withinMs, speaking)) return;
    this.fail(step, `waited for ${describe(text, 1)} to be said, it was not`, action.withinMs);
  }

  private async hearOut(): Promise<void> {
    const { call, scenario } = this;
    const expected = scenario.expectations.filter((e): e is Expectation & { kind: 'heard' } => e.kind === 'heard');
    for (const expectation of expected) {
      const untilMs = expectationStartMs(expectation, call.log.events) + (expectation.withinMs ?? PATIENCE_MS);
      const settled = (): boolean =>
        fittingUtterances(expectation, collectUtterances(call.log.events)).length >= expectation.times;
      await this.wait(untilMs - call.clock.nowMs(), settled);
    }
    await sleep(call.clock, scenario.lingerMs, call.endedSignal);
    await this.wait(BUSY_LIMIT_MS, () => !call.busy);
  }

  private wait(withinMs: number, holds: () => boolean): Promise<boolean> {
    const { log, clock, endedSignal } = this.call;
    return waitFor({ log, clock, signal: endedSignal, withinMs }, holds);
  }

  private fail(step: string, problem: string, withinMs: number): void {
    const { log, endedReason } = this.call;
    const when = endedReason === undefined ? `within ${withinMs} ms` : `before the call ended (${endedReason})`;
    log.record({ type: 'step-failed', step, problem: `${problem} ${when}` });
  }
}

function describe(text: string | undefined, count: number): string {
  const what = text === undefined ? 'injected speech' : JSON.stringify(text);
  return count === 1 ? what : `${count} times ${what}`;
}

import { setMaxListeners } from 'node:events';
import type { Account } from '../account/account.js';
import { withStoredAssistant } from '../account/stored-assistant.js';
import { newCallFacts } from '../call/call-facts.js';
import type { CallRegistry } from '../call/call-registry.js';
import { ScenarioPlayer } from '../call/scenario-player.js';
import { SimulatedCall } from '../call/simulated-call.js';
import { sleep, type Clock } from '../clock/clock.types.js';
import { ScaledClock } from '../clock/scaled-clock.js';
import { judge } from '../expectations/judge.js';
import { heardInjected } from '../expectations/utterances.js';
import { planFaults } from '../faults/faults.js';
import type { ScenarioSource } from '../scenario/scenario-source.js';
import type { Scenario } from '../scenario/scenario.types.js';
import { formatEvent } from '../transcript/transcript-format.js';
import type { Authentication } from '../webhooks/authentication.types.js';
import { WebhookClient } from '../webhooks/webhook-client.js';
import { GatewayApi } from './gateway-api.js';
import { checkGateway } from './gateway-check.js';
import { RunError } from './run.errors.js';
import type { CallReport, RunReport } from './run.types.js';

export interface RunOptions {
  readonly calls: CallRegistry;
  /** Knows the assistants and tools that a scenario may name. */
  readonly account: Account;
  readonly target: { readonly url: string; readonly secret: string | undefined };
  /** For what scenarios ask of the gateway's API. */
  readonly apiKey: string | undefined;
  /** Where the control URLs point to. */
  readonly publicOrigin: string;
  /** What the fault `controlAuthentication` asks for. */
  readonly publicKey: string | undefined;
  /** Overrides the scenario's own factor. */
  readonly timeFactor: number | undefined;
  /** Used when neither says anything. */
  readonly defaultTimeFactor: number;
  /** Each line of the transcript, as it happens. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

interface RunState extends RunOptions {
  readonly clock: Clock;
  readonly client: WebhookClient;
  readonly gateway: GatewayApi;
  readonly factor: number;
}

/**
 * Plays all calls of a scenario and judges them.
 * @throws ScenarioError when the file has faults, RunError when it cannot be run
 */
export async function runScenario(source: ScenarioSource, options: RunOptions): Promise<RunReport> {
  const { url, secret } = options.target;
  const first = withStoredAssistant(source.forCall(1), options.account, url);
  if (first.faults.controlAuthentication && options.publicKey === undefined) {
    const message = 'the fault controlAuthentication needs VAPI_PUBLIC_KEY: set it here and for the notifier';
    throw new RunError('public-key-missing', message, false);
  }
  // Every call and every delivery listens to it.
  setMaxListeners(0, options.signal);
  await checkGateway(first.assistant?.server?.url ?? url);
  const factor = options.timeFactor ?? first.timeFactor ?? options.defaultTimeFactor;
  const client = new WebhookClient({ url, authentication: first.authentication ?? defaultAuthentication(secret) });
  try {
    const gateway = new GatewayApi(first.assistant?.server?.url ?? url, options.apiKey);
    const state = { ...options, clock: new ScaledClock(factor), client, gateway, factor };
    const calls = await Promise.all(
      Array.from({ length: first.calls }, (_, index) => {
        const scenario = withStoredAssistant(source.forCall(index + 1), options.account, url);
        return playCall(scenario, index + 1, state);
      }),
    );
    if (options.signal.aborted) throw new RunError('aborted', 'the run was given up', true);
    return report(first, calls, factor);
  } finally {
    await client.close();
  }
}

async function playCall(scenario: Scenario, number: number, state: RunState): Promise<CallReport> {
  const { calls, clock, client, factor, gateway, onLine, publicKey, publicOrigin, signal } = state;
  await sleep(clock, (number - 1) * scenario.startEveryMs, signal);
  const { assistant } = scenario;
  const facts = newCallFacts({
    number,
    publicOrigin,
    epochMs: clock.epochMs(),
    orgId: assistant?.orgId,
    assistantId: assistant?.id,
    isControlEnabled: assistant?.isControlEnabled ?? true,
  });
  const faults = planFaults(scenario.faults, publicKey, scenario.behaviour.control);
  const call = new SimulatedCall({ facts, scenario, clock, client, faults, signal });
  call.log.listen((event) => {
    const line = formatEvent(event, scenario.calls > 1);
    if (line !== undefined) onLine(line);
  });
  const giveUp = (): void => call.end('simulator-stopped');
  signal.addEventListener('abort', giveUp, { once: true });
  const startedAt = clock.epochMs();
  calls.add(call);
  if (signal.aborted) giveUp();
  else if (assistant?.fault !== undefined) call.end(assistant.fault);
  else {
    if (scenario.ringMs > 0) {
      call.ring();
      await sleep(call.clock, scenario.ringMs, call.endedSignal);
    }
    call.start();
    await new ScenarioPlayer(call, scenario, gateway).play();
  }
  await call.finished();
  signal.removeEventListener('abort', giveUp);
  const { events } = call.log;
  const { endedReason } = call;
  return { number, callId: facts.id, endedReason, startedAt, reasons: judge(scenario, events, factor), events };
}

function defaultAuthentication(secret: string | undefined): Authentication {
  return secret === undefined ? { type: 'none' } : { type: 'secret', secret };
}

function report(scenario: Scenario, calls: readonly CallReport[], timeFactor: number): RunReport {
  const reasons = calls.flatMap((call) =>
    call.reasons.map((reason) => (calls.length === 1 ? reason : `call ${call.number}: ${reason}`)),
  );
  return {
    scenario: scenario.name,
    timeFactor,
    verdict: reasons.length === 0 ? 'passed' : 'failed',
    reasons,
    heard: calls.flatMap((call) => heardInjected(call.events).map((utterance) => utterance.text)),
    calls,
  };
}

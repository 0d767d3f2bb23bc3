import { TIME_FACTOR } from './environment.js';
import { vapiTool } from './tools.js';

/** Parts of scenarios that several suites play. */

/** What a character takes to say, as the simulator does it. */
const CHARACTER_MS = 65;

export const BUILD_REPORT = {
  name: 'build_report',
  async: true,
  description: 'Builds the sales report of a region.',
  parameters: { type: 'object', properties: { region: { type: 'string' } }, required: ['region'] },
  messages: [{ type: 'request-complete', content: 'I am on it.' }],
};

/** Faults take seconds of real time, which the time factor makes minutes of silence: this caller is patient. */
export const PATIENT = { silenceTimeoutMs: 0 };

/**
 * A start that is told less than 250 ms after the POST may be of other speech to the notifier, which the time factor does
 * not change: so where a call's speech is cut off, it starts as late in real time as it does at Vapi.
 */
export const SLOW_RENDER = { renderMs: 350 * TIME_FACTOR };

/** The text that a caller hears for a region. */
export const report = (region: string): string =>
  `Your ${region} report is ready, sales of ${region} are up four percent.`;

export interface ReportCallOptions {
  readonly name?: string;
  readonly async?: boolean;
  readonly shape?: object;
  readonly deliver?: number;
  readonly calls?: number;
  readonly backoffPlan?: object;
  /** Steps between the tool call and the wait for its result. */
  readonly meanwhile?: readonly object[];
  /** How long the caller waits for the result, in call time. */
  readonly withinMs?: number;
}

/** A caller asks for one report, hears it and hangs up. */
export function reportCall(region: string, options: ReportCallOptions = {}): object {
  const { name = region, shape, deliver, calls, backoffPlan, meanwhile = [], withinMs = 40_000 } = options;
  return {
    name,
    behaviour: PATIENT,
    ...(calls === undefined ? {} : { calls }),
    ...(backoffPlan === undefined ? {} : { backoffPlan }),
    tools: [{ ...BUILD_REPORT, async: options.async ?? true }],
    steps: [
      { assistant: 'Hello, how can I help you?' },
      { caller: `Build the report of ${region}, please.` },
      {
        toolCalls: [{ tool: 'build_report', arguments: { region } }],
        ...(shape === undefined ? {} : { shape }),
        ...(deliver === undefined ? {} : { deliver }),
      },
      ...meanwhile,
      { waitForHeard: { count: 1, withinMs } },
      // Not at the very moment the result ends: that would be an interruption as well as an answer.
      { after: 1500, caller: 'Thank you, good bye.' },
      { hangUp: true },
    ],
    expect: [{ heard: report(region), times: 1 }],
  };
}

/** Words that take the caller or the assistant so long to say, in call time. */
export function talk(ms: number): string {
  const words = 'and so I said to my neighbour that you can never know how long these things take and ';
  return words.repeat(Math.ceil(ms / CHARACTER_MS / words.length)).slice(0, Math.round(ms / CHARACTER_MS));
}

/** A tool call that is done after so much call time, by one of the plan tools. */
export function job(tool: string, text: string, ms: number): object {
  return { tool, arguments: { text, ms: Math.round(ms / TIME_FACTOR) } };
}

export interface PlanCallOptions {
  /** Names of plan tools; all async. */
  readonly tools?: readonly string[];
  readonly syncTools?: readonly string[];
  readonly steps: readonly object[];
  readonly expect?: readonly object[];
  readonly behaviour?: object;
  readonly [key: string]: unknown;
}

/** A call with plan tools and a patient caller. */
export function planCall({ tools = [], syncTools = [], behaviour = {}, ...more }: PlanCallOptions): object {
  return {
    behaviour: { ...PATIENT, ...behaviour },
    tools: [...tools.map((name) => vapiTool(name)), ...syncTools.map((name) => vapiTool(name, false))],
    lingerMs: 2000,
    ...more,
  };
}

export interface OneJobOptions {
  /** What the caller hears of it; default: its text. Nothing: the caller hangs up when the webhook was answered. */
  readonly heard?: string | null;
  /** How long its backend works; real milliseconds. */
  readonly ms?: number;
}

/** Faults take seconds of real time, which the time factor makes minutes. */
const AFTER_FAULTS_MS = 250_000;

/** A caller asks for one job of a plan tool and hears what comes of it. */
export function oneJob(tool: string, text: string, { heard = text, ms = 0 }: OneJobOptions = {}): object {
  const ending = [{ waitForHeard: { count: 1, withinMs: AFTER_FAULTS_MS } }, { after: 1500, hangUp: true }];
  return planCall({
    name: text,
    tools: [tool],
    steps: [
      { assistant: 'Hello, how can I help you?' },
      { toolCalls: [{ tool, arguments: { text, ms } }] },
      ...(heard === null ? [{ after: 1000, hangUp: true }] : ending),
    ],
    expect: [heard === null ? { never: '/./' } : { heard, times: 1 }],
  });
}

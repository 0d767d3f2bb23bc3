/** Parts of scenarios that several suites play. */

export const BUILD_REPORT = {
  name: 'build_report',
  async: true,
  description: 'Builds the sales report of a region.',
  parameters: { type: 'object', properties: { region: { type: 'string' } }, required: ['region'] },
  messages: [{ type: 'request-complete', content: 'I am on it.' }],
};

/** Faults take seconds of real time, which the time factor makes minutes of silence: this caller is patient. */
export const PATIENT = { silenceTimeoutMs: 0 };

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

/** What a system is started against, fresh for each run. */
export interface BenchStage {
  /** A fresh nats-server with JetStream (file storage); none is started for a system with a broker of its own. */
  readonly natsUrl: string;
  /** Origin of the control URLs, like `http://127.0.0.1:40123`: each call has `<sinkOrigin>/<callId>/control`. */
  readonly sinkOrigin: string;
  /** A scratch folder of this run, removed after it. */
  readonly directory: string;
  /** Arguments of node itself for the process of a role, e.g. `--cpu-prof`. */
  readonly nodeArguments: (role: string) => readonly string[];
}

/** Roles whose CPU counts as the cost of a tool call. Others, like `nats-server` or `redis`, are shown beside them. */
export const ServiceRoles = ['gateway', 'worker', 'notifier'] as const;
export type ServiceRole = (typeof ServiceRoles)[number];

/**
 * Something that takes tool calls as webhooks and POSTs `{"type":"say","content":...}` with each result to the control URL
 * of its call, `message.call.monitor.controlUrl` of the webhook.
 */
export interface PipelineSystem {
  readonly name: string;
  /** One line for the report: what it is made of, what is stored how. */
  readonly about: string;
  /** `own`: no nats-server is started for it. */
  readonly broker: 'nats' | 'own';
  /** It keeps state of calls, which status and speech updates have to make known before their tool calls come. */
  readonly remembersCalls: boolean;
  /** How long after the POST of a result it still works for it (ms): that is part of what a tool call costs. */
  readonly settleMs: number;
  /** What this machine lacks for it, as a sentence: it is left out then, unless it was asked for by name. */
  readonly lacks?: () => string | undefined;
  /** Resolves when it takes webhooks. Leaves nothing running when it throws. */
  start(stage: BenchStage): Promise<RunningSystem>;
}

export interface RunningSystem {
  /** Takes tool calls and every other server message; answers 200 to what it has stored. */
  readonly webhookUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Role to pid; the role `gateway`, `worker` or `notifier` for the services. */
  readonly processes: ReadonlyMap<string, number>;
  /** Role to the address of its metrics, where there are some. */
  readonly metricsUrls?: ReadonlyMap<string, string>;
  /** Ends its processes and waits for them. */
  stop(): Promise<void>;
}

/** The one tool of the bench. Its arguments are `{ region: string }`; its handler answers at once. */
export const BENCH_TOOL = 'build_report';

/** What every system says. */
export function sentenceOf(region: string): string {
  return `The report for ${region} is ready: sales rose by four percent against last month, and the open orders are on time.`;
}

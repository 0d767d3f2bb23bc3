import { Inject, Injectable } from '@nestjs/common';
import type { UtteranceRecord } from '@interject/contracts';
import { boundedLabel, EDGE_BUCKETS_SECONDS, JOB_BUCKETS_SECONDS, Metrics } from '@interject/observability';
import type { Counter, Histogram } from '@interject/observability';
import type { PostOutcome, Settlement } from '@interject/speech';

const HOLD_BUCKETS_SECONDS = [0.1, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60];
const MAX_TOOLS = { max: 200 };

// A rate cannot see a series that begins at 1: what alerts and panels count on is there from the start.
const POST_OUTCOMES: readonly PostOutcome[] = [
  'accepted',
  'refused',
  'throttled',
  'unreachable',
  'unknown',
  'no-control-url',
  'abandoned',
];
const ENDS: readonly UtteranceRecord['state'][] = ['heard', 'answered-inline', 'unconfirmed', 'expired', 'undelivered'];

/** What is served just now. */
export interface Serving {
  readonly partitions: number;
  readonly calls: number;
  /** Utterances that are still to be said. */
  readonly waiting: number;
}

/** What the notifier counts. */
@Injectable()
export class NotifierMetrics {
  readonly takeOver: Histogram;
  readonly factsRefused: Counter<'stream'>;
  readonly ownershipLost: Counter;
  readonly limitsNear: Counter<'limit'>;
  readonly unclaimedResults: Counter;
  readonly summariesGivenUp: Counter;
  readonly logRefusals: Counter<'code'>;
  private readonly toHeard: Histogram<'tool' | 'outcome'>;
  private readonly utterances: Counter<'source' | 'class' | 'state'>;
  private readonly posts: Counter<'outcome'>;
  private readonly postDuration: Histogram<'outcome'>;
  private readonly holds: Histogram<'class'>;
  private readonly lookups: Histogram<'outcome'>;

  /** What is served just now; set by whoever knows. */
  serving: () => Serving = () => ({ partitions: 0, calls: 0, waiting: 0 });
  /** Milliseconds since the last speech event while calls are in progress; set by whoever knows. */
  speechGapMs: () => number = () => 0;

  /** What the kill switch for speech says; set by whoever watches it. */
  muted: () => { readonly all: boolean; readonly calls: number } = () => ({ all: false, calls: 0 });

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.toHeard = metrics.histogram({
      name: 'interject_tool_call_to_heard_seconds',
      help: 'From the tool call to the end of the speech that told its result.',
      labels: ['tool', 'outcome'],
      buckets: JOB_BUCKETS_SECONDS,
    });
    this.utterances = metrics.counter({
      name: 'interject_utterances_total',
      help: 'Utterances by what became of them; an interrupted one that is said again counts each time.',
      labels: ['source', 'class', 'state'],
    });
    for (const state of ENDS) this.utterances.inc({ source: 'result', class: 'result', state }, 0);
    this.posts = metrics.counter({
      name: 'interject_control_posts_total',
      help: 'POSTs to control URLs.',
      labels: ['outcome'],
    });
    for (const outcome of POST_OUTCOMES) this.posts.inc({ outcome }, 0);
    this.postDuration = metrics.histogram({
      name: 'interject_control_post_seconds',
      help: 'How long control URLs take to answer.',
      labels: ['outcome'],
      buckets: EDGE_BUCKETS_SECONDS,
    });
    this.holds = metrics.histogram({
      name: 'interject_hold_seconds',
      help: 'How long utterances waited for the floor.',
      labels: ['class'],
      buckets: HOLD_BUCKETS_SECONDS,
    });
    this.addGauges(metrics);
    this.unclaimedResults = unclaimedResults(metrics);
    this.summariesGivenUp = summariesGivenUp(metrics);
    this.logRefusals = logRefusals(metrics);
    this.ownershipLost = ownershipLost(metrics);
    this.lookups = lookups(metrics);
    this.factsRefused = factsRefused(metrics);
    this.limitsNear = limitsNear(metrics);
    this.takeOver = takeOver(metrics);
  }

  private addGauges(metrics: Metrics): void {
    metrics.gauge({
      name: 'interject_partitions_owned',
      help: 'Partitions that this replica serves.',
      collect: (gauge) => {
        gauge.set(this.serving().partitions);
      },
    });
    metrics.gauge({
      name: 'interject_live_calls',
      help: 'Calls that this replica serves.',
      collect: (gauge) => {
        gauge.set(this.serving().calls);
      },
    });
    metrics.gauge({
      name: 'interject_speech_muted',
      help: '1 while an operator has switched speech off in all calls.',
      collect: (gauge) => {
        gauge.set(this.muted().all ? 1 : 0);
      },
    });
    metrics.gauge({
      name: 'interject_muted_calls',
      help: 'Calls in which an operator has switched speech off.',
      collect: (gauge) => {
        gauge.set(this.muted().calls);
      },
    });
    metrics.gauge({
      name: 'interject_utterances_waiting',
      help: 'Utterances that are still to be said in the calls that this replica serves.',
      collect: (gauge) => {
        gauge.set(this.serving().waiting);
      },
    });
    metrics.gauge({
      name: 'interject_speech_event_gap_seconds',
      help: 'Time since the last speech event of any call of this replica while calls are in progress; 0 while none is.',
      collect: (gauge) => {
        gauge.set(this.speechGapMs() / 1000);
      },
    });
  }

  settled(record: UtteranceRecord, { state, tool, outcome, toHeardMs, heldMs }: Settlement): void {
    this.utterances.inc({ source: record.source, class: record.class, state });
    if (heldMs !== undefined) this.holds.observe({ class: record.class }, Math.max(0, heldMs) / 1000);
    if (toHeardMs === undefined || tool === undefined) return;
    const labels = { tool: boundedLabel(tool, MAX_TOOLS), outcome: outcome ?? 'unknown' };
    this.toHeard.observe(labels, Math.max(0, toHeardMs) / 1000);
  }

  posted(outcome: PostOutcome, durationMs: number): void {
    this.posts.inc({ outcome });
    this.postDuration.observe({ outcome }, durationMs / 1000);
  }

  lookedUp(outcome: string, durationMs: number): void {
    this.lookups.observe({ outcome }, durationMs / 1000);
  }
}

function unclaimedResults(metrics: Metrics): Counter {
  return metrics.counter({
    name: 'interject_unclaimed_results_total',
    help: 'Results of sync tools that were decided on without a claim, because the ledger was full or failed for long.',
  });
}

function summariesGivenUp(metrics: Metrics): Counter {
  return metrics.counter({
    name: 'interject_call_records_given_up_total',
    help: 'Summaries and purges of ended calls that were given up, because the store did not take them for long.',
  });
}

function logRefusals(metrics: Metrics): Counter<'code'> {
  return metrics.counter({
    name: 'interject_utterance_log_refusals_total',
    help: 'Appends that the utterance log did not take; they are repeated, and nothing is said before they are stored.',
    labels: ['code'],
  });
}

function ownershipLost(metrics: Metrics): Counter {
  return metrics.counter({
    name: 'interject_partitions_lost_total',
    help: 'Partitions that another replica took over.',
  });
}

function lookups(metrics: Metrics): Histogram<'outcome'> {
  return metrics.histogram({
    name: 'interject_call_lookup_duration_seconds',
    help: "How long Vapi's REST API takes to answer a question about a call.",
    labels: ['outcome'],
    buckets: EDGE_BUCKETS_SECONDS,
  });
}

function factsRefused(metrics: Metrics): Counter<'stream'> {
  return metrics.counter({
    name: 'interject_facts_refused_total',
    help: 'Messages that do not fit their contract or partition.',
    labels: ['stream'],
  });
}

function limitsNear(metrics: Metrics): Counter<'limit'> {
  return metrics.counter({
    name: 'interject_call_limits_near_total',
    help: 'Times that a timer of Vapi was about to end a call while a tool call was pending.',
    labels: ['limit'],
  });
}

function takeOver(metrics: Metrics): Histogram {
  return metrics.histogram({
    name: 'interject_partition_take_over_seconds',
    help: 'From the claim of a partition to the end of its replay.',
    buckets: EDGE_BUCKETS_SECONDS,
  });
}

import { Inject, Injectable } from '@nestjs/common';
import { EDGE_BUCKETS_SECONDS, Metrics } from '@interject/observability';
import type { Counter, Histogram } from '@interject/observability';

/** What the gateway counts. */
@Injectable()
export class GatewayMetrics {
  readonly webhooks: Counter<'type' | 'status'>;
  readonly webhookDuration: Histogram<'type'>;
  readonly toolCalls: Counter<'tool' | 'disposition'>;
  readonly malformedWebhooks: Counter<'problem'>;
  readonly skippedToolCalls: Counter;
  readonly floorEventsDropped: Counter;
  readonly controlUrlsRefused: Counter<'problem'>;
  readonly graceWindows: Counter<'tool' | 'outcome'>;
  readonly announcements: Counter<'outcome'>;
  readonly apiRequests: Histogram<'method' | 'route' | 'status'>;
  readonly unclaimed: Counter<'use'>;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.webhooks = metrics.counter({
      name: 'interject_webhooks_total',
      help: 'Webhooks by event type and HTTP status of the answer; type "unread" was refused before it was read.',
      labels: ['type', 'status'],
    });
    this.webhookDuration = metrics.histogram({
      name: 'interject_webhook_duration_seconds',
      help: 'Time from the first byte of a webhook to its answer.',
      labels: ['type'],
      buckets: EDGE_BUCKETS_SECONDS,
    });
    this.toolCalls = metrics.counter({
      name: 'interject_tool_calls_total',
      help: 'Tool calls that came in, by what became of them at the gateway.',
      labels: ['tool', 'disposition'],
    });
    this.malformedWebhooks = metrics.counter({
      name: 'interject_malformed_webhooks_total',
      help: 'Webhooks that could not be read, by what was wrong.',
      labels: ['problem'],
    });
    this.skippedToolCalls = metrics.counter({
      name: 'interject_skipped_tool_calls_total',
      help: 'Tool calls without a usable id or name: they cannot be answered.',
    });
    this.floorEventsDropped = metrics.counter({
      name: 'interject_floor_events_dropped_total',
      help: 'Speech events that were not passed on, NATS being away or the gateway overloaded.',
    });
    // Tools that are registered and four outcomes: bounded.
    this.graceWindows = metrics.counter({
      name: 'interject_grace_window_total',
      help:
        'Sync tool calls whose webhook was held open for the result: "inline" it was the answer, "pending" it is spoken, ' +
        '"abandoned" the sender hung up first, "repeated" a repeat was answered from the claim of an earlier webhook.',
      labels: ['tool', 'outcome'],
    });
    this.unclaimed = unclaimed(metrics);
    this.apiRequests = apiRequests(metrics);
    this.controlUrlsRefused = controlUrlsRefused(metrics);
    this.announcements = metrics.counter({
      name: 'interject_announcements_total',
      help: 'Announcements that were asked for over HTTP, by what became of them.',
      labels: ['outcome'],
    });
  }
}

function unclaimed(metrics: Metrics): Counter<'use'> {
  return metrics.counter({
    name: 'interject_unclaimed_total',
    help:
      'Tool calls that went on without a claim because the ledger is full: a repeat ("cancel") or a duplicate ' +
      '("duplicates") of them may not be recognised.',
    labels: ['use'],
  });
}

/** Labels: our own routes, six. */
function apiRequests(metrics: Metrics): Histogram<'method' | 'route' | 'status'> {
  return metrics.histogram({
    name: 'interject_api_request_duration_seconds',
    help: 'Time from the first byte of a request to its answer, webhooks left out, by route.',
    labels: ['method', 'route', 'status'],
    buckets: EDGE_BUCKETS_SECONDS,
  });
}

function controlUrlsRefused(metrics: Metrics): Counter<'problem'> {
  return metrics.counter({
    name: 'interject_control_urls_refused_total',
    help: 'Control URLs in webhooks that the allow-list refused, by rule.',
    labels: ['problem'],
  });
}

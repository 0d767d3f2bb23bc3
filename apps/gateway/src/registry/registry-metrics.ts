import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@interject/observability';
import type { Gauge } from '@interject/observability';

/** What the registry knows of workers, as numbers. Labels are tools that are registered: bounded. */
@Injectable()
export class RegistryMetrics {
  readonly toolReplicas: Gauge<'tool'>;
  readonly toolConflicts: Gauge<'tool' | 'kind'>;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.toolReplicas = metrics.gauge({
      name: 'interject_tool_replicas',
      help: 'Live replicas of workers that run a tool, as this gateway hears them.',
      labels: ['tool'],
    });
    this.toolConflicts = metrics.gauge({
      name: 'interject_tool_conflicts',
      help:
        '1 while a tool is disputed: kind "workers", two workers of different name offer it; kind "versions", replicas of ' +
        'one worker run different definitions, which is normal for the time of a rolling update.',
      labels: ['tool', 'kind'],
    });
  }
}

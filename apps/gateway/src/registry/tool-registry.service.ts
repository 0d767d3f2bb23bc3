import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Buckets, parseJson, ToolDefinition } from '@interject/contracts';
import { KvStore } from '@interject/messaging';
import type { KvChange, OrderedReader } from '@interject/messaging';
import { Log } from '@interject/observability';
import { Readiness } from '@interject/runtime';
import { ArgumentValidator } from './argument-validator.js';

/** A tool that some worker runs. */
export interface RegisteredTool {
  readonly definition: ToolDefinition;
  readonly validator: ArgumentValidator;
}

/** Knows every tool of KV `tools`, as it is now: a worker's registration reaches all gateways without a restart. */
@Injectable()
export class ToolRegistry implements OnModuleInit, OnApplicationShutdown {
  private readonly tools = new Map<string, RegisteredTool>();
  private watch: OrderedReader | undefined;

  constructor(
    @Inject(KvStore) private readonly kv: KvStore,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Log) private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    this.readiness.register('tools', () => ({ status: 'up', names: this.names() }));
    await new Promise<void>((resolve, reject) => {
      this.kv
        .bucket(Buckets.Tools)
        .watch({
          onEntry: (entry) => {
            this.apply(entry);
          },
          onCaughtUp: resolve,
        })
        .then((watch) => {
          this.watch = watch;
        }, reject);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.watch?.stop();
  }

  find(name: string): RegisteredTool | undefined {
    return this.tools.get(name);
  }

  /** Sorted names of all tools. */
  names(): string[] {
    return [...this.tools.keys()].sort();
  }

  definitions(): ToolDefinition[] {
    return this.names().flatMap((name) => this.tools.get(name)?.definition ?? []);
  }

  private apply(entry: KvChange): void {
    if (entry.deleted) {
      this.tools.delete(entry.key);
      this.log.info('tool removed', { tool: entry.key });
      return;
    }
    try {
      const definition = parseJson(ToolDefinition, entry.value);
      this.tools.set(definition.name, { definition, validator: new ArgumentValidator(definition.parameters) });
      this.log.info('tool registered', {
        tool: definition.name,
        worker: definition.worker,
        version: definition.version,
      });
    } catch (error) {
      // The last good definition goes on: a broken registration must not take a working tool away.
      this.log.error('tool registration ignored: it does not fit', { tool: entry.key, error });
    }
  }
}

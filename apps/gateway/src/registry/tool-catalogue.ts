import { createHash } from 'node:crypto';
import { canonicalJson, isCallerTool, parseJson, ToolDefinition, WORKER_PATIENCE_MS } from '@interject/contracts';
import type { KvChange } from '@interject/messaging';
import { RecentMap } from '@interject/observability';
import type { Log } from '@interject/observability';
import { ArgumentValidator } from './argument-validator.js';

/** A tool that some worker has registered. */
export interface RegisteredTool {
  readonly definition: ToolDefinition;
  readonly validator: ArgumentValidator;
}

/** Each holds a compiled validator, of a schema that has at most 64 KB or so: bounded by KV `tools` (16 MiB) as well. */
export const MAX_TOOLS = 1000;

/** Definitions of one tool whose arguments are remembered, so that rivals can be compared. */
const REMEMBERED_SCHEMAS = 8;

/** The tools of KV `tools`. */
export class ToolCatalogue {
  private readonly tools = new Map<string, RegisteredTool>();
  /** By tool: digests of the arguments by worker and version, the latest last. */
  private readonly schemas = new Map<string, RecentMap<string, string>>();
  /** Tools of a bucket that is gone, and until when somebody may register them again. */
  private readonly unconfirmed = new Map<string, number>();

  constructor(private readonly log: Log) {}

  find(name: string): RegisteredTool | undefined {
    return this.tools.get(name);
  }

  /** Sorted names. */
  names(): string[] {
    return [...this.tools.keys()].sort();
  }

  /** What arguments this definition of the tool wants, if it was seen; the same for equal schemas. */
  schemaOf(name: string, worker: string, version: string): string | undefined {
    return this.schemas.get(name)?.get(keyOf(worker, version));
  }

  /** @returns the definition that is valid from now on, or undefined when there is no new one */
  put(entry: Pick<KvChange, 'key' | 'value'>): ToolDefinition | undefined {
    if (isCallerTool(entry.key)) {
      this.log.error('tool registration ignored: the gateway answers this tool itself, give yours another name', {
        tool: entry.key,
      });
      return undefined;
    }
    try {
      const definition = parseJson(ToolDefinition, entry.value);
      if (definition.name !== entry.key) {
        this.log.error('tool registration ignored: it stands under the name of another tool', { tool: entry.key });
        return undefined;
      }
      if (this.tools.size >= MAX_TOOLS && !this.tools.has(definition.name)) {
        this.log.error('tool registration ignored: there are 1,000 tools already', { tool: entry.key });
        return undefined;
      }
      this.tools.set(definition.name, { definition, validator: new ArgumentValidator(definition.parameters) });
      this.unconfirmed.delete(definition.name);
      this.rememberSchema(definition);
      const { name, worker, version } = definition;
      this.log.info('tool registered', { tool: name, worker, version });
      return definition;
    } catch (error) {
      // The last good definition goes on: a broken registration must not take a working tool away.
      this.log.error('tool registration ignored: it does not fit', { tool: entry.key, error });
      return undefined;
    }
  }

  remove(name: string): void {
    if (!this.tools.delete(name)) return;
    this.schemas.delete(name);
    this.unconfirmed.delete(name);
    this.log.info('tool removed', { tool: name });
  }

  /** The bucket was made anew: workers that live register their tools again, the rest has to go. */
  bucketMadeAnew(time: number): void {
    for (const name of this.tools.keys()) this.unconfirmed.set(name, time + WORKER_PATIENCE_MS);
  }

  /** Takes out what was not registered again in time, and returns it. */
  dropUnconfirmed(time: number): string[] {
    const dropped = [...this.unconfirmed].filter(([, until]) => time > until).map(([name]) => name);
    for (const name of dropped) this.remove(name);
    return dropped;
  }

  private rememberSchema({ name, worker, version, parameters }: ToolDefinition): void {
    const digests = this.schemas.get(name) ?? new RecentMap<string, string>(REMEMBERED_SCHEMAS);
    this.schemas.set(name, digests);
    digests.set(keyOf(worker, version), createHash('sha256').update(canonicalJson(parameters)).digest('base64'));
  }
}

function keyOf(worker: string, version: string): string {
  return JSON.stringify([worker, version]);
}

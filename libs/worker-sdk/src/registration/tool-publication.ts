import { parseJson, ToolDefinition } from '@interject/contracts';
import type { KvBucket } from '@interject/messaging';
import type { Clock, Log } from '@interject/observability';
import type { CompiledTool } from '../tool-source.types.js';
import type { RegisteredTools } from './registered-tools.js';

export interface ToolPublicationPorts {
  readonly bucket: Pick<KvBucket, 'get' | 'put'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly registered: RegisteredTools;
}

/** A broker that lost its store knows the tools again after this. */
const REFRESH_MS = 5000;
const RETRY_MS = 1000;
/**
 * Somebody else wrote another definition: during a rolling update that is a newer replica, so it is not overwritten at
 * once; but the last one to write must be one that still runs.
 */
const CONTEST_MS = 60_000;

/** Keeps the definitions of this worker's tools in KV, where the gateway reads them. */
export class ToolPublication {
  /** Tools whose definition in the bucket was ours at some time. */
  private readonly published = new Set<string>();
  /** Since when somebody else's definition stands there. */
  private readonly contestedAt = new Map<string, number>();
  private tools: readonly CompiledTool[] = [];
  private timer: unknown;
  private isRunning = false;
  private pass: Promise<void> = Promise.resolve();

  constructor(private readonly ports: ToolPublicationPorts) {}

  /** Stores the definitions and looks after them from then on, without being waited for. */
  start(tools: readonly CompiledTool[]): void {
    this.tools = tools;
    this.ports.registered.expect(tools.map(({ definition }) => definition.name));
    if (tools.length === 0) return;
    this.isRunning = true;
    this.refresh();
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    this.ports.clock.clearTimeout(this.timer);
    await this.pass;
  }

  /** Looks at once, for instance after a reconnect. */
  refresh(): void {
    if (!this.isRunning) return;
    this.ports.clock.clearTimeout(this.timer);
    this.pass = this.pass.then(() => this.lookAfterAll());
  }

  private async lookAfterAll(): Promise<void> {
    if (!this.isRunning) return;
    let waitMs = REFRESH_MS;
    for (const tool of this.tools) {
      try {
        await this.lookAfter(tool);
      } catch (error) {
        waitMs = RETRY_MS;
        this.ports.log.warn('a tool could not be registered, trying again', { tool: tool.definition.name, error });
      }
    }
    this.ports.clock.clearTimeout(this.timer);
    this.timer = this.ports.clock.setTimeout(() => {
      this.refresh();
    }, waitMs);
  }

  private async lookAfter({ definition }: CompiledTool): Promise<void> {
    const { bucket, clock, log, registered } = this.ports;
    const { name } = definition;
    const wanted = JSON.stringify(definition);
    const entry = await bucket.get(name);
    const found = entry === undefined ? undefined : Buffer.from(entry.value).toString('utf8');
    if (found !== wanted) {
      const heals = this.published.has(name);
      if (found !== undefined && heals) {
        const contestedAt = this.contestedAt.get(name) ?? clock.now();
        this.contestedAt.set(name, contestedAt);
        if (clock.now() - contestedAt < CONTEST_MS) return;
        this.reportContest(definition, found);
      }
      await bucket.put(name, wanted);
      log.info('tool registered', { tool: name, version: definition.version, heals });
    }
    this.published.add(name);
    this.contestedAt.delete(name);
    registered.confirm(name);
  }

  private reportContest({ name, worker }: ToolDefinition, found: string): void {
    let other: string;
    try {
      other = parseJson(ToolDefinition, found).worker;
    } catch {
      other = 'unknown';
    }
    const fields = { tool: name, worker, other };
    if (other === worker) this.ports.log.warn('another replica has another definition of the tool', fields);
    else this.ports.log.error('two workers offer one tool: give one of them another name', fields);
  }
}

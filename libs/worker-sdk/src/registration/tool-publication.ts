import { parseJson, ToolDefinition, WORKER_PATIENCE_MS } from '@interject/contracts';
import type { KvBucket, KvEntry } from '@interject/messaging';
import type { Clock, Log } from '@interject/observability';
import type { CompiledTool } from '../tool-source.types.js';
import type { RegisteredTools, ToolContest } from './registered-tools.js';
import type { ToolOffer } from './replica-census.js';

export interface ToolPublicationPorts {
  readonly bucket: Pick<KvBucket, 'get' | 'put'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly registered: RegisteredTools;
  /** Who runs a tool just now; `LiveReplicas` fits. */
  readonly replicas: { offers(tool: string): readonly ToolOffer[] };
}

/** A broker that lost its store knows the tools again after this. */
const REFRESH_MS = 5000;
const RETRY_MS = 1000;
/** The bucket forgets an entry after a week (`topology`): what nobody offers any more goes, what somebody does is renewed. */
const RENEW_MS = 86_400_000;
/** So long a definition counts as run by somebody whose first heartbeat has not been heard yet. */
const CONTEST_MS = WORKER_PATIENCE_MS;

interface Standing {
  /** Whether the definition in the bucket was ours at some time. */
  isPublished: boolean;
  /** Since when somebody else's stands there. */
  contestedAt?: number | undefined;
  /** Write of our definition, and since when it stands there. */
  revision?: number | undefined;
  since: number;
  /** Contests that were logged. */
  told: string;
}

/**
 * Keeps the definitions of this worker's tools in KV, where the gateway reads them. Who starts last is right: during a
 * rolling update that is the newer replica. Its definition is left alone as long as somebody runs it.
 */
export class ToolPublication {
  private readonly standings = new Map<string, Standing>();
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
    for (const { definition } of this.tools) {
      try {
        this.lookForContests(definition);
        await this.lookAfter(definition);
      } catch (error) {
        waitMs = RETRY_MS;
        this.ports.log.warn('a tool could not be registered, trying again', { tool: definition.name, error });
      }
    }
    this.ports.clock.clearTimeout(this.timer);
    this.timer = this.ports.clock.setTimeout(() => {
      this.refresh();
    }, waitMs);
  }

  private async lookAfter(definition: ToolDefinition): Promise<void> {
    const { bucket, clock, registered } = this.ports;
    const { name } = definition;
    const standing = this.standing(name);
    const wanted = JSON.stringify(definition);
    const entry = await bucket.get(name);
    const found = entry === undefined ? undefined : Buffer.from(entry.value).toString('utf8');
    if (found === wanted) this.renewal(standing, entry);
    else if (standing.isPublished && found !== undefined && this.isLeftAlone(name, found, standing)) return;
    if (found !== wanted || clock.monotonic() - standing.since >= RENEW_MS) {
      standing.revision = await bucket.put(name, wanted);
      standing.since = clock.monotonic();
      if (found !== wanted) this.tellRegistered(definition, standing.isPublished);
    }
    standing.isPublished = true;
    standing.contestedAt = undefined;
    registered.confirm(name);
  }

  /** Another replica may have renewed it: its age begins with each write. */
  private renewal(standing: Standing, entry: KvEntry | undefined): void {
    if (standing.revision === entry?.revision) return;
    standing.revision = entry?.revision;
    standing.since = this.ports.clock.monotonic();
  }

  /** True while the definition that took the place of ours is run by somebody, or may be. */
  private isLeftAlone(name: string, found: string, standing: Standing): boolean {
    const now = this.ports.clock.monotonic();
    standing.contestedAt ??= now;
    const other = readDefinition(found);
    const isRun = this.ports.replicas
      .offers(name)
      .some(({ worker, version }) => worker === other?.worker && version === other.version);
    return isRun || now - standing.contestedAt < CONTEST_MS;
  }

  private lookForContests({ name, worker: mine, version: own }: ToolDefinition): void {
    const { log, registered, replicas } = this.ports;
    const contests = replicas
      .offers(name)
      .filter(({ worker, version }) => worker !== mine || version !== own)
      .map((offer): ToolContest => ({ tool: name, kind: offer.worker === mine ? 'version' : 'worker', ...offer }));
    registered.contest(name, contests);
    const standing = this.standing(name);
    const told = JSON.stringify(contests.map(({ worker, version }) => [worker, version]).sort());
    if (told === standing.told) return;
    standing.told = told;
    for (const { kind, worker: other, version } of contests) {
      const fields = { tool: name, worker: mine, version: own, other, otherVersion: version };
      if (kind === 'version')
        log.info('replicas of this worker run another version of the tool: a rolling update?', fields);
      else log.error('two workers offer one tool: give one of them another name', fields);
    }
  }

  private tellRegistered({ name, version }: ToolDefinition, heals: boolean): void {
    this.ports.log.info('tool registered', { tool: name, version, heals });
  }

  private standing(name: string): Standing {
    let standing = this.standings.get(name);
    if (standing === undefined) {
      standing = { isPublished: false, since: this.ports.clock.monotonic(), told: '[]' };
      this.standings.set(name, standing);
    }
    return standing;
  }
}

function readDefinition(found: string): Pick<ToolDefinition, 'worker' | 'version'> | undefined {
  try {
    return parseJson(ToolDefinition, found);
  } catch {
    return undefined;
  }
}

import { Buckets, isContractError, MutedCalls, MuteKeys, parseJson } from '@interject/contracts';
import type { KvChange, KvStore, OrderedReader } from '@interject/messaging';
import type { Log } from '@interject/observability';

/** In which calls nothing is said. */
export interface MuteState {
  readonly all: boolean;
  /** Calls that are muted on their own. */
  readonly calls: number;
}

/**
 * The kill switch for speech: what KV `settings` says of it, watched (docs/adr/0050). Nobody speaks before it is known, and
 * what was muted stays so until an entry says otherwise, also when the store is lost meanwhile.
 */
export class SpeechSwitch {
  private isAllMuted = false;
  private mutedCalls: ReadonlySet<string> = new Set();
  private readonly listeners = new Set<() => void>();
  private watch: OrderedReader | undefined;

  constructor(
    private readonly kv: Pick<KvStore, 'bucket'>,
    private readonly log: Log,
  ) {}

  /** Settles when the present entries are known. @throws MessagingError when KV cannot be read */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.kv
        .bucket(Buckets.Settings)
        .watch({
          onEntry: (entry) => {
            this.note(entry);
          },
          onCaughtUp: resolve,
          onRestart: ({ isNewStream }) => {
            if (isNewStream)
              this.log.error('the store of settings was made anew: what was muted stays so', this.fields);
          },
        })
        .then((watch) => {
          this.watch = watch;
        })
        .catch(reject);
    });
  }

  async stop(): Promise<void> {
    await this.watch?.stop();
  }

  get state(): MuteState {
    return { all: this.isAllMuted, calls: this.mutedCalls.size };
  }

  /** Asked at every decision. */
  isMuted(callId: string): boolean {
    return this.isAllMuted || this.mutedCalls.has(callId);
  }

  /** Runs `listener` whenever calls may speak again. @returns what removes it */
  onUnmuted(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  private get fields(): { readonly isAllMuted: boolean; readonly mutedCalls: number } {
    return { isAllMuted: this.isAllMuted, mutedCalls: this.mutedCalls.size };
  }

  private note(entry: KvChange): void {
    if (entry.key === MuteKeys.all) this.muteAll(!entry.deleted);
    else if (entry.key === MuteKeys.calls) this.muteCalls(entry);
  }

  private muteAll(isMuted: boolean): void {
    if (this.isAllMuted === isMuted) return;
    this.isAllMuted = isMuted;
    if (isMuted) this.log.warn('speech is muted in all calls', this.fields);
    else this.unmuted('speech is unmuted');
  }

  private muteCalls({ value, deleted }: KvChange): void {
    const before = this.mutedCalls;
    try {
      this.mutedCalls = new Set(deleted ? [] : parseJson(MutedCalls, value).calls.map(({ callId }) => callId));
    } catch (error) {
      if (!isContractError(error)) throw error;
      this.log.error('the list of muted calls cannot be read: the one before it holds', { ...this.fields, error });
      return;
    }
    for (const callId of this.mutedCalls) {
      if (!before.has(callId)) this.log.warn('speech is muted in a call', { callId, ...this.fields });
    }
    if ([...before].some((callId) => !this.mutedCalls.has(callId))) this.unmuted('speech is unmuted in calls');
  }

  private unmuted(message: 'speech is unmuted' | 'speech is unmuted in calls'): void {
    this.log.warn(message, this.fields);
    for (const listener of this.listeners) listener();
  }
}

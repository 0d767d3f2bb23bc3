import { Buckets, callToken } from '@interject/contracts';
import type { KvChange, KvStore, OrderedReader } from '@interject/messaging';
import { RecentMap } from '@interject/observability';
import type { CallLookup } from '@interject/vapi';

type UrlAnswer =
  | { readonly kind: 'found'; readonly controlUrl: string }
  /** No webhook showed one, and Vapi knows none or was not asked. */
  | { readonly kind: 'none' }
  /** Vapi could not be asked just now. */
  | { readonly kind: 'unavailable' };

/** About 300 bytes each. Forgetting one costs a read before its next speech. */
const REMEMBERED_CALLS = 100_000;

/**
 * Finds the control URLs of calls: in KV `control`, where the gateway puts them, else by asking Vapi. The bucket is watched,
 * so that no speech waits for a read: a read costs more than the entries of several calls (docs/adr/0044).
 */
export class ControlUrls {
  /** By call token. Bounded, since entries that age out of KV send no word of it. */
  private readonly known = new RecentMap<string, string>(REMEMBERED_CALLS);
  private watch: OrderedReader | undefined;

  /** @param lookup missing without an API key */
  constructor(
    private readonly kv: Pick<KvStore, 'bucket'>,
    private readonly lookup: Pick<CallLookup, 'get'> | undefined,
  ) {}

  /** Learns of URLs from here on; what is there already comes too. @throws MessagingError when KV cannot be read */
  async start(): Promise<void> {
    this.watch = await this.kv.bucket(Buckets.Control).watch({
      onEntry: (entry) => {
        this.note(entry);
      },
    });
  }

  async stop(): Promise<void> {
    await this.watch?.stop();
  }

  /** @throws MessagingError when KV cannot be read */
  async find(callId: string): Promise<UrlAnswer> {
    const token = callToken(callId);
    const known = this.known.get(token) ?? (await this.stored(token));
    if (known !== undefined) return { kind: 'found', controlUrl: known };
    const answer = await this.lookup?.get(callId);
    if (answer?.kind === 'unavailable' && answer.retryable) return { kind: 'unavailable' };
    if (answer?.kind !== 'found' || answer.controlUrl === undefined) return { kind: 'none' };
    this.known.set(token, answer.controlUrl);
    return { kind: 'found', controlUrl: answer.controlUrl };
  }

  /** Reads it anew the next time: it was refused, or the call is not ours any more. */
  forget(callId: string): void {
    this.known.delete(callToken(callId));
  }

  /** The call is over: nobody needs the URL any more. @throws MessagingError */
  async purge(callId: string): Promise<void> {
    const token = callToken(callId);
    this.known.delete(token);
    await this.kv.bucket(Buckets.Control).purge(token);
  }

  private note({ key, value, deleted }: KvChange): void {
    const url = deleted ? undefined : urlIn(value);
    if (url === undefined) this.known.delete(key);
    else this.known.set(key, url);
  }

  private async stored(token: string): Promise<string | undefined> {
    const entry = await this.kv.bucket(Buckets.Control).get(token);
    const url = entry === undefined ? undefined : urlIn(entry.value);
    if (url !== undefined) this.known.set(token, url);
    return url;
  }
}

function urlIn(bytes: Uint8Array): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('controlUrl' in value)) return undefined;
  return typeof value.controlUrl === 'string' ? value.controlUrl : undefined;
}

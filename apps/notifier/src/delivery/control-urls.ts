import { Buckets, callToken } from '@interject/contracts';
import type { KvStore } from '@interject/messaging';
import type { CallLookup } from '@interject/vapi';

type UrlAnswer =
  | { readonly kind: 'found'; readonly controlUrl: string }
  /** No webhook showed one, and Vapi knows none or was not asked. */
  | { readonly kind: 'none' }
  /** Vapi could not be asked just now. */
  | { readonly kind: 'unavailable' };

/** Forgetting one costs a read. */
const REMEMBERED_CALLS = 20_000;

/** Finds the control URLs of calls: in KV `control`, where the gateway puts them, else by asking Vapi. */
export class ControlUrls {
  private readonly known = new Map<string, string>();

  /** @param lookup missing without an API key */
  constructor(
    private readonly kv: KvStore,
    private readonly lookup: Pick<CallLookup, 'get'> | undefined,
  ) {}

  /** @throws MessagingError when KV cannot be read */
  async find(callId: string): Promise<UrlAnswer> {
    const known = this.known.get(callId) ?? (await this.stored(callId));
    if (known !== undefined) {
      this.keep(callId, known);
      return { kind: 'found', controlUrl: known };
    }
    const answer = await this.lookup?.get(callId);
    if (answer?.kind === 'unavailable' && answer.retryable) return { kind: 'unavailable' };
    if (answer?.kind !== 'found' || answer.controlUrl === undefined) return { kind: 'none' };
    this.keep(callId, answer.controlUrl);
    return { kind: 'found', controlUrl: answer.controlUrl };
  }

  /** Reads it anew the next time: it was refused, or the call is not ours any more. */
  forget(callId: string): void {
    this.known.delete(callId);
  }

  /** The call is over: nobody needs the URL any more. @throws MessagingError */
  async purge(callId: string): Promise<void> {
    this.forget(callId);
    await this.kv.bucket(Buckets.Control).purge(callToken(callId));
  }

  private keep(callId: string, controlUrl: string): void {
    this.known.delete(callId);
    this.known.set(callId, controlUrl);
    const oldest = this.known.keys().next();
    // Calls of partitions that were given up are not forgotten one by one.
    if (this.known.size > REMEMBERED_CALLS && oldest.done !== true) this.known.delete(oldest.value);
  }

  private async stored(callId: string): Promise<string | undefined> {
    const entry = await this.kv.bucket(Buckets.Control).get(callToken(callId));
    if (entry === undefined) return undefined;
    const value: unknown = JSON.parse(Buffer.from(entry.value).toString('utf8'));
    const isUrl =
      typeof value === 'object' && value !== null && 'controlUrl' in value && typeof value.controlUrl === 'string';
    return isUrl ? (value.controlUrl as string) : undefined;
  }
}

import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { headerLine } from './header-line.js';
import { readPayloadFormat } from './payload-format.js';
import type { PayloadPart, PayloadPlaceholder } from './payload-format.js';
import { anyEqual } from './secret-set.js';
import { timestampRefusal } from './signature-timestamp.js';
import type {
  HeadVerdict,
  HmacPlan,
  SignatureEncoding,
  WebhookAuthenticator,
  WebhookHead,
} from './webhook-auth.types.js';

const DIGEST_BYTES = { sha256: 32, sha512: 64, sha1: 20 } as const;

/** What stands for the placeholders of one webhook, its body aside. */
type PayloadValues = Readonly<Record<Exclude<PayloadPlaceholder, 'body'>, string>>;

/** Checks signatures after Vapi's HMAC plan (VAPI.md 3), over the body as it came. */
export class HmacAuthenticator implements WebhookAuthenticator {
  readonly instruction: string;
  private readonly keys: readonly KeyObject[];
  private readonly parts: readonly PayloadPart[];
  private readonly signatureHeader: string;
  private readonly timestampHeader: string | undefined;
  /** Only if its value is signed. */
  private readonly messageIdHeader: string | undefined;

  constructor(
    private readonly plan: HmacPlan,
    secrets: readonly string[],
  ) {
    const encoding = plan.secretIsBase64 ? 'base64' : 'utf8';
    this.keys = secrets.map((secret) => createSecretKey(Buffer.from(secret, encoding)));
    this.parts = readPayloadFormat(plan.payloadFormat).parts;
    this.signatureHeader = plan.signatureHeader.toLowerCase();
    this.timestampHeader = plan.timestampHeader?.toLowerCase();
    const signsId = this.parts.some((part) => part.kind === 'value' && part.name === 'svix-id');
    this.messageIdHeader = signsId ? plan.messageIdHeader?.toLowerCase() : undefined;
    const time = this.timestampHeader === undefined ? '' : `, and the time in '${this.timestampHeader}'`;
    this.instruction = `Send application/json, its HMAC in the header '${this.signatureHeader}'${time}.`;
  }

  checkHead(head: WebhookHead, nowMs: number): HeadVerdict {
    const signature = headerLine(head, this.signatureHeader);
    if ('kind' in signature) return signature;
    const timestamp = this.timestampHeader === undefined ? NOT_SENT : headerLine(head, this.timestampHeader);
    if ('kind' in timestamp) return timestamp;
    const messageId = this.messageIdHeader === undefined ? NOT_SENT : headerLine(head, this.messageIdHeader);
    if ('kind' in messageId) return messageId;
    const refusal = timestamp === NOT_SENT ? undefined : timestampRefusal(timestamp.value, nowMs);
    if (refusal !== undefined) return refusal;
    const given = this.decode(signature.value);
    if (given === undefined) return { kind: 'refused', reason: 'credential-malformed' };
    const values: PayloadValues = {
      timestamp: timestamp.value,
      method: head.method,
      url: this.plan.url ?? '',
      'svix-id': messageId.value,
    };
    return { kind: 'signed', fits: (body) => anyEqual(given, this.digests(values, body)) };
  }

  private *digests(values: PayloadValues, body: Uint8Array): Generator<Uint8Array> {
    for (const key of this.keys) {
      const hmac = createHmac(this.plan.algorithm, key);
      for (const part of this.parts) {
        if (part.kind === 'text') hmac.update(part.text);
        else if (part.name === 'body') hmac.update(body);
        // As bytes they came; Node reads headers as Latin-1.
        else if (part.name === 'svix-id') hmac.update(values[part.name], 'latin1');
        else hmac.update(values[part.name]);
      }
      yield hmac.digest();
    }
  }

  private decode(header: string): Buffer | undefined {
    const { signaturePrefix, signatureEncoding, algorithm } = this.plan;
    if (!header.startsWith(signaturePrefix)) return undefined;
    const text = header.slice(signaturePrefix.length);
    return isEncoded(text, signatureEncoding, DIGEST_BYTES[algorithm])
      ? Buffer.from(text, signatureEncoding)
      : undefined;
  }
}

const NOT_SENT = { value: '' } as const;
const CHARACTERS: Readonly<Record<SignatureEncoding, RegExp>> = {
  hex: /^[0-9a-f]+$/i,
  base64: /^[A-Za-z0-9+/]+={0,2}$/,
};

/** Buffer.from stops at the first foreign character, and takes what came before. */
function isEncoded(text: string, encoding: SignatureEncoding, bytes: number): boolean {
  const length = encoding === 'hex' ? bytes * 2 : Math.ceil(bytes / 3) * 4;
  return text.length === length && CHARACTERS[encoding].test(text) && Buffer.byteLength(text, encoding) === bytes;
}

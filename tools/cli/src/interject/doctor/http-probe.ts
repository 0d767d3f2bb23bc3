/** What came back, as far as it matters. */
export interface ProbeAnswer {
  readonly status: number;
  /** The answer's clock, milliseconds since the epoch, to the second; from its `date` header. */
  readonly date?: number;
  /** When the answer came, milliseconds since the epoch. */
  readonly at: number;
  readonly body: string;
}

export type Probe =
  | ({ readonly kind: 'answered' } & ProbeAnswer)
  /** `why`: a short text for people, without the URL. */
  | { readonly kind: 'unreachable'; readonly why: string };

export interface ProbeRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const LIMIT_MS = 5000;
/** Longer answers are not ours. */
const BODY_SHOWN = 2000;

/** Codes of connection failures, as Node.js and OpenSSL give them. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known to DNS',
  EAI_AGAIN: 'DNS does not answer',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'no connection in time: a firewall?',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time: a firewall?',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'a certificate of its chain is self-signed: a proxy in between?',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** Asks a server once. Never rejects; redirects are not followed. */
export async function probe(url: string, request: ProbeRequest = {}): Promise<Probe> {
  const { method = 'GET', headers = {}, body } = request;
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(body === undefined ? {} : { body }),
    });
    const at = Date.now();
    const text = (await response.text()).slice(0, BODY_SHOWN);
    const date = Date.parse(response.headers.get('date') ?? '');
    return { kind: 'answered', status: response.status, at, body: text, ...(Number.isNaN(date) ? {} : { date }) };
  } catch (error) {
    return { kind: 'unreachable', why: reasonOf(error) };
  }
}

interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
}

function reasonOf(error: unknown): string {
  for (let failure = asFailure(error); failure !== undefined; failure = asFailure(failure.cause)) {
    const { name, code } = failure;
    if (name === 'TimeoutError') return `no answer within ${String(LIMIT_MS / 1000)} s`;
    if (typeof code === 'string') return REASONS[code] ?? code;
  }
  return 'the connection failed';
}

function asFailure(value: unknown): Failure | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}

import { randomBytes } from 'node:crypto';

/** A place in a trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: the span that calls. */
  readonly spanId: string;
  readonly sampled: boolean;
}

const PATTERN = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 0x01;
/** Enough for a header of any later version; a longer one is not worth parsing. */
const MAX_LENGTH = 256;

/** Reads a `traceparent` header; `undefined` if there is none or it is not valid: then a new trace begins. */
export function parseTraceparent(value: unknown): TraceContext | undefined {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = PATTERN.exec(value.trim()) ?? [];
  // Version ff is forbidden; version 00 has exactly four parts, later ones may have more (W3C, 3.2.2 and 4).
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

/** Writes a `traceparent` header, version 00. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** Begins a trace. */
export function newTrace(): TraceContext {
  return { traceId: randomId(16), spanId: randomId(8), sampled: true };
}

/** The next span of the same trace. */
export function childOf(parent: TraceContext): TraceContext {
  return { ...parent, spanId: randomId(8) };
}

/** Goes on with the trace of an incoming header, or begins one: the header to send on. */
export function childTraceparent(incoming?: unknown): string {
  const parent = parseTraceparent(incoming);
  return formatTraceparent(parent === undefined ? newTrace() : childOf(parent));
}

/** Random bytes for ids to come: asking for many at a time costs a tenth. */
const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);
let used = 0;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

function randomId(bytes: number): string {
  for (;;) {
    const id = randomHex(bytes);
    // All zeros means "no id"; it will not happen, and must not.
    if (!/^0+$/.test(id)) return id;
  }
}

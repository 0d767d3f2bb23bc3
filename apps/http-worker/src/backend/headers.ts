/** Names in lower case. */
export type Headers = Readonly<Record<string, string>>;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Set by the HTTP client or by the worker; one from a file would break the request, or the protection against repeats. */
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** True for what may stand in a header: no line break, nothing beyond Latin-1. */
export function isHeaderValue(value: string): boolean {
  return VALUE.test(value);
}

/** What is wrong with the name of a header. */
export function headerNameProblem(name: string): string | undefined {
  if (!TOKEN.test(name)) return 'is not a name of a header';
  return RESERVED.has(name.toLowerCase()) ? 'is set by the worker; leave it out' : undefined;
}

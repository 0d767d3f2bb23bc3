import type { FileProblem } from '../file/file-problem.js';

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

/** What may be wrong with a header; its value is never shown. */
export function headerProblem(name: string, value: string): FileProblem | undefined {
  const field = `request.headers.${name}`;
  if (!TOKEN.test(name)) return { field, problem: 'is not a name of a header' };
  if (RESERVED.has(name.toLowerCase())) return { field, problem: 'is set by the worker; leave it out' };
  if (!VALUE.test(value))
    return { field, problem: 'has a value with a line break or another character no header may have' };
  return undefined;
}

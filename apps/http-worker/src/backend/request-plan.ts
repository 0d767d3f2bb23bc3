import type { Environment } from '@interject/runtime';
import { expandVariables } from '../file/variables.js';
import type { FileProblem } from '../file/file-problem.js';
import type { HttpMethod, HttpRequestEntry } from '../file/http-tool.dto.js';
import { parseTemplate } from '../templates/templates.js';
import type { Escaping, Template } from '../templates/templates.js';
import { headerProblem } from './headers.js';
import type { Headers } from './headers.js';

/** How tool calls become requests; everything that can be checked has been. */
export interface RequestPlan {
  readonly method: HttpMethod;
  readonly url: Template;
  /** Scheme, host and port; no argument can change them. */
  readonly origin: string;
  readonly headers: Headers;
  readonly body: BodyPlan;
}

export type BodyPlan =
  | { readonly kind: 'none' }
  /** The arguments as JSON. */
  | { readonly kind: 'arguments' }
  | { readonly kind: 'template'; readonly template: Template; readonly isJson: boolean };

/** A plan, unless there are problems. */
export interface PlannedRequest {
  readonly plan?: RequestPlan | undefined;
  readonly problems: readonly FileProblem[];
}

const JSON_TYPE = 'application/json';
const BODILESS: ReadonlySet<HttpMethod> = new Set<HttpMethod>(['GET', 'DELETE']);

/** Parses what the file says before variables are put in, so that no value of theirs gets into an error text. */
export function templateOf(
  source: { readonly text: string; readonly expanded: string },
  field: string,
  escaping: Escaping,
): { readonly template?: Template; readonly problems: readonly FileProblem[] } {
  try {
    parseTemplate(source.text, escaping);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    return { problems: [{ field, problem: `is no Liquid template: ${reason}` }] };
  }
  try {
    return { template: parseTemplate(source.expanded, escaping), problems: [] };
  } catch {
    return { problems: [{ field, problem: 'is no Liquid template with the variables put in' }] };
  }
}

function planHeaders(entry: HttpRequestEntry, env: Environment): { headers: Headers; problems: FileProblem[] } {
  const headers: Record<string, string> = {};
  const problems: FileProblem[] = [];
  for (const [name, value] of Object.entries(entry.headers ?? {})) {
    const field = `request.headers.${name}`;
    if (typeof value !== 'string') {
      problems.push({ field, problem: 'must be a text; put it in quotes' });
      continue;
    }
    const expanded = expandVariables(value, field, env);
    const problem = headerProblem(name, expanded.text);
    problems.push(...expanded.problems, ...(problem === undefined ? [] : [problem]));
    headers[name.toLowerCase()] = expanded.text;
  }
  return { headers, problems };
}

/** What is wrong with scheme and host, which no argument may decide. */
function originProblem(url: string): string | undefined {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
  if (authority === undefined) return 'must begin with http:// or https://';
  if (authority.includes('{')) return 'must name its host: only path and query may be templates';
  if (authority.includes('@')) return 'must not hold user and password: put them into headers.authorization';
  return URL.canParse(`http://${authority}`) && authority !== '' ? undefined : 'has a host that cannot be used';
}

function planUrl(text: string, env: Environment) {
  const field = 'request.url';
  const expanded = expandVariables(text, field, env, true);
  if (expanded.problems.length > 0) return { problems: expanded.problems };
  const problem = originProblem(expanded.text);
  if (problem !== undefined) return { problems: [{ field, problem }] };
  const { template, problems } = templateOf({ text, expanded: expanded.text }, field, 'url');
  const origin = /^https?:\/\/[^/?#]*/i.exec(expanded.text)?.[0] ?? '';
  return { template, origin: new URL(origin).origin, problems };
}

function bodyEscaping(contentType: string): Escaping {
  if (/[/+]json\b/i.test(contentType)) return 'json';
  if (/x-www-form-urlencoded/i.test(contentType)) return 'form';
  return /[/+]xml\b/i.test(contentType) ? 'xml' : 'none';
}

function planBody(entry: HttpRequestEntry, method: HttpMethod, contentType: string, env: Environment) {
  const field = 'request.body';
  if (entry.body === undefined) {
    const body: BodyPlan = { kind: BODILESS.has(method) ? 'none' : 'arguments' };
    const isForeign = body.kind === 'arguments' && bodyEscaping(contentType) !== 'json';
    const problem = `must be given: without it the arguments go out as JSON, but content-type is another`;
    return { body, problems: isForeign ? [{ field, problem }] : [] };
  }
  if (method === 'GET')
    return { problems: [{ field, problem: 'cannot go with GET: use POST, or put arguments into the url' }] };
  const expanded = expandVariables(entry.body, field, env, true);
  const escaping = bodyEscaping(contentType);
  const { template, problems } = templateOf({ text: entry.body, expanded: expanded.text }, field, escaping);
  const body: BodyPlan | undefined = template && { kind: 'template', template, isJson: escaping === 'json' };
  return { ...(body && { body }), problems: [...expanded.problems, ...problems] };
}

/** Checks and prepares everything about a request that does not depend on a tool call. */
export function planRequest(entry: HttpRequestEntry, env: Environment): PlannedRequest {
  const method = entry.method ?? 'POST';
  const { headers: own, problems: headerProblems } = planHeaders(entry, env);
  const url = planUrl(entry.url, env);
  const planned = planBody(entry, method, own['content-type'] ?? JSON_TYPE, env);
  const problems = [...url.problems, ...headerProblems, ...planned.problems];
  if (problems.length > 0 || url.template === undefined || planned.body === undefined) return { problems };
  const headers = {
    accept: 'application/json, text/plain;q=0.5, */*;q=0.1',
    'user-agent': 'interject-http-worker',
    ...(planned.body.kind === 'none' ? {} : { 'content-type': JSON_TYPE }),
    ...own,
  };
  return { plan: { method, url: url.template, origin: url.origin, headers, body: planned.body }, problems };
}

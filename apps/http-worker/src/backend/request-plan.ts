import type { CallbackPlan } from '../callback/callback-plan.js';
import type { HttpMethod, HttpRequestEntry } from '../file/http-request.dto.js';
import type { TemplateReader } from '../file/template-reader.js';
import type { JsonTemplate } from '../templates/json-template.js';
import { jsonTemplate } from '../templates/json-template.js';
import type { Template } from '../templates/templates.js';
import { planBody } from './body-plan.js';
import type { BodyPlan } from './body-plan.js';
import { headerNameProblem, isHeaderValue } from './headers.js';
import type { Headers } from './headers.js';

/** A header whose value depends on the tool call. */
export interface HeaderTemplate {
  readonly name: string;
  readonly template: Template;
}

/** How tool calls become requests; everything that can be checked has been. */
export interface RequestPlan {
  readonly method: HttpMethod;
  readonly url: Template;
  /** Scheme, host and port; no argument can change them. */
  readonly origin: string;
  readonly query?: JsonTemplate;
  readonly headers: Headers;
  readonly headerTemplates: readonly HeaderTemplate[];
  readonly body: BodyPlan;
  /** Name of the header that tells where to call back, in lower case. */
  readonly callbackHeader?: string;
  /** Longest time of one request; the deadline of the tool comes on top. */
  readonly timeoutMs?: number;
}

const OUTPUT = /\{\{|\{%/;
/** A backend that calls back later answers at once. */
const QUICK_ANSWER_MS = 10_000;

/** What request templates may name. */
export function requestRoots(callback: CallbackPlan | undefined): readonly string[] {
  return callback === undefined ? ['arguments', 'call'] : ['arguments', 'call', 'callback'];
}

interface PlannedHeaders {
  readonly headers: Headers;
  readonly templates: readonly HeaderTemplate[];
}

function planHeaders(entry: HttpRequestEntry, reader: TemplateReader, roots: readonly string[]): PlannedHeaders {
  const headers: Record<string, string> = {};
  const templates: HeaderTemplate[] = [];
  for (const [key, value] of Object.entries(entry.headers ?? {})) {
    const field = `request.headers.${key}`;
    const name = key.toLowerCase();
    const problem =
      headerNameProblem(key) ?? (typeof value === 'string' ? undefined : 'must be a text; put it in quotes');
    if (problem !== undefined || typeof value !== 'string') {
      reader.add(field, problem ?? '');
      continue;
    }
    const template = reader.template(value, field, roots);
    if (template === undefined) continue;
    if (OUTPUT.test(value)) templates.push({ name, template });
    else headers[name] = fixedHeader(template.render({}), field, reader);
  }
  return { headers, templates };
}

function fixedHeader(value: string, field: string, reader: TemplateReader): string {
  if (!isHeaderValue(value)) reader.add(field, 'has a value with a line break or another character no header may have');
  return value;
}

/** What is wrong with scheme and host, which no argument may decide. */
function originProblem(url: string): string | undefined {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
  if (authority === undefined) return 'must begin with http:// or https://';
  if (authority.includes('{')) return 'must name its host: only path and query may be templates';
  if (authority.includes('@')) return 'must not hold user and password: put them into headers.authorization';
  return URL.canParse(`http://${authority}`) && authority !== '' ? undefined : 'has a host that cannot be used';
}

function planUrl(text: string, reader: TemplateReader, roots: readonly string[]) {
  const field = 'request.url';
  const url = reader.template(text, field, roots, { escaping: 'url' });
  if (url === undefined) return undefined;
  const expanded = reader.expand(text, field) ?? '';
  const problem = originProblem(expanded);
  if (problem !== undefined) {
    reader.add(field, problem);
    return undefined;
  }
  const origin = /^https?:\/\/[^/?#]*/i.exec(expanded)?.[0] ?? '';
  return { url, origin: new URL(origin).origin };
}

function planQuery(
  entry: HttpRequestEntry,
  reader: TemplateReader,
  roots: readonly string[],
): JsonTemplate | undefined {
  if (entry.query === undefined) return undefined;
  return jsonTemplate(entry.query, 'request.query', (text, field) => reader.valueTemplate(text, field, roots));
}

/**
 * Checks and prepares everything about a request that does not depend on a tool call.
 *
 * @param reader is told of every problem
 * @returns undefined if there is one
 */
export function planRequest(
  entry: HttpRequestEntry,
  reader: TemplateReader,
  callback?: CallbackPlan,
): RequestPlan | undefined {
  const before = reader.problems.length;
  const roots = requestRoots(callback);
  const method = entry.method ?? 'POST';
  const target = planUrl(entry.url, reader, roots);
  const { headers: own, templates } = planHeaders(entry, reader, roots);
  const body = planBody({ entry, method, contentType: own['content-type'] }, reader, roots);
  const query = planQuery(entry, reader, roots);
  const timeoutMs = entry.timeoutMs ?? (callback && QUICK_ANSWER_MS);
  if (reader.problems.length > before || target === undefined || body === undefined) return undefined;
  const headers = {
    accept: 'application/json, text/plain;q=0.5, */*;q=0.1',
    'user-agent': 'interject-http-worker',
    ...(body.contentType !== undefined && { 'content-type': body.contentType }),
    ...own,
  };
  return {
    method,
    ...target,
    headers,
    headerTemplates: templates,
    body: body.plan,
    ...(query && { query }),
    ...(callback && { callbackHeader: callback.header }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}

import type { HttpMethod, HttpRequestEntry } from '../file/http-request.dto.js';
import type { TemplateReader } from '../file/template-reader.js';
import { jsonTemplate } from '../templates/json-template.js';
import type { JsonTemplate } from '../templates/json-template.js';
import type { Escaping, Template } from '../templates/templates.js';

export type BodyPlan =
  | { readonly kind: 'none' }
  /** The arguments as JSON. */
  | { readonly kind: 'arguments' }
  /** What Vapi would have sent. */
  | { readonly kind: 'vapi' }
  | { readonly kind: 'text'; readonly template: Template; readonly isJson: boolean }
  | { readonly kind: 'json'; readonly json: JsonTemplate }
  | { readonly kind: 'form'; readonly fields: JsonTemplate };

/** A body and its media type; none without a body. */
export interface PlannedBody {
  readonly plan: BodyPlan;
  readonly contentType?: string;
}

export interface BodySource {
  readonly entry: HttpRequestEntry;
  readonly method: HttpMethod;
  /** That the file's headers give. */
  readonly contentType: string | undefined;
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const BODILESS: ReadonlySet<HttpMethod> = new Set<HttpMethod>(['GET', 'DELETE']);

function escapingOf(contentType: string): Escaping {
  if (/[/+]json\b/i.test(contentType)) return 'json';
  if (/x-www-form-urlencoded/i.test(contentType)) return 'form';
  return /[/+]xml\b/i.test(contentType) ? 'xml' : 'none';
}

/** What does not go together. */
function conflict({ entry, method, contentType }: BodySource): readonly [field: string, problem: string] | undefined {
  const field = entry.form === undefined ? 'request.body' : 'request.form';
  const isGiven = entry.body !== undefined || entry.form !== undefined;
  if (entry.body !== undefined && entry.form !== undefined)
    return ['request.form', 'cannot go with body: give one of them'];
  if (entry.format === 'vapi') {
    if (isGiven) return [field, 'cannot go with format: vapi, which makes the body'];
    if (method !== 'POST') return ['request.method', 'must be POST with format: vapi, as Vapi sends it'];
  }
  if (isGiven && method === 'GET') return [field, 'cannot go with GET: use POST, or put arguments into query'];
  const escaping = contentType === undefined ? undefined : escapingOf(contentType);
  if (entry.form !== undefined && escaping !== undefined && escaping !== 'form') {
    return [field, 'goes out as a form, but content-type is another: leave the header out'];
  }
  const isJson = (isGiven && typeof entry.body === 'object') || (!isGiven && !BODILESS.has(method));
  if (entry.form === undefined && isJson && escaping !== undefined && escaping !== 'json') {
    const reason = isGiven ? 'must be a text' : 'must be given: without it the arguments go out as JSON';
    return ['request.body', `${reason}, but content-type is another`];
  }
  return undefined;
}

/**
 * Chooses and checks the body.
 *
 * @param reader is told of every problem
 */
export function planBody(
  source: BodySource,
  reader: TemplateReader,
  roots: readonly string[],
): PlannedBody | undefined {
  const problem = conflict(source);
  if (problem !== undefined) {
    reader.add(...problem);
    return undefined;
  }
  const { entry, method, contentType = JSON_TYPE } = source;
  const read = (text: string, field: string) => reader.valueTemplate(text, field, roots);
  if (entry.format === 'vapi') return { plan: { kind: 'vapi' }, contentType: JSON_TYPE };
  if (entry.form !== undefined) {
    const fields = jsonTemplate(entry.form, 'request.form', read);
    return fields && { plan: { kind: 'form', fields }, contentType: FORM_TYPE };
  }
  if (entry.body === undefined) {
    return BODILESS.has(method) ? { plan: { kind: 'none' } } : { plan: { kind: 'arguments' }, contentType: JSON_TYPE };
  }
  if (typeof entry.body !== 'string') {
    const json = jsonTemplate(entry.body, 'request.body', read);
    return json && { plan: { kind: 'json', json }, contentType: JSON_TYPE };
  }
  const escaping = escapingOf(contentType);
  const template = reader.template(entry.body, 'request.body', roots, { escaping });
  return template && { plan: { kind: 'text', template, isJson: escaping === 'json' }, contentType: JSON_TYPE };
}

import { Liquid } from 'liquidjs';
import type { Template as LiquidTemplate } from 'liquidjs';

/** What a template can name. */
export interface TemplateScope {
  readonly arguments: object;
  /** The backend's answer; only when there is one. */
  readonly result?: unknown;
}

/** How values are written so that they stay values: a quote in an argument must not end a JSON text, nor a slash a path segment. */
export type Escaping = 'none' | 'url' | 'json' | 'form' | 'xml';

/** A parsed template. */
export interface Template {
  /** @throws Error when it names something that is not there, or takes too long */
  render(scope: TemplateScope): string;
}

const RENDER_LIMIT_MS = 500;
const MEMORY_LIMIT = 10_000_000;

function plain(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const XML_MARKS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Inside quotes or outside: a text is escaped for its quotes, anything else is JSON by itself. */
function jsonPart(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value ?? null);
}

const ESCAPES: Readonly<Record<Escaping, ((value: unknown) => string) | undefined>> = {
  none: undefined,
  url: (value) => encodeURIComponent(plain(value)),
  form: (value) => encodeURIComponent(plain(value)),
  json: jsonPart,
  xml: (value) => plain(value).replace(/[&<>"']/g, (mark) => XML_MARKS[mark] ?? mark),
};

function engine(escaping: Escaping): Liquid {
  const escape = ESCAPES[escaping];
  const liquid = new Liquid({
    // A missing field is a mistake worth a failure, not a gap in a spoken sentence; `if` and `default` may still ask.
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    // No file of the host is a template.
    templates: {},
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MEMORY_LIMIT,
    ...(escape && { outputEscape: escape }),
  });
  liquid.registerFilter('json', { raw: true, handler: (value: unknown) => JSON.stringify(value ?? null) });
  return liquid;
}

const engines = new Map<Escaping, Liquid>();

/**
 * Parses a Liquid template.
 *
 * @throws Error whose message says where the syntax is wrong
 */
export function parseTemplate(text: string, escaping: Escaping = 'none'): Template {
  const liquid = engines.get(escaping) ?? engine(escaping);
  engines.set(escaping, liquid);
  const parsed: LiquidTemplate[] = liquid.parse(text);
  return { render: (scope) => String(liquid.renderSync(parsed, scope)) };
}

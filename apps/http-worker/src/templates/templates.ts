import { Liquid } from 'liquidjs';
import type { Template as LiquidTemplate } from 'liquidjs';

/** What a template can name. */
export type TemplateScope = Readonly<Record<string, unknown>>;

/** How values are written so that they stay values: a quote in an argument must not end a JSON text, nor a slash a path segment. */
export type Escaping = 'none' | 'url' | 'json' | 'form' | 'xml';

export interface TemplateOptions {
  readonly escaping?: Escaping;
  /** What is not there counts as empty. Else it is a mistake worth a failure, not a gap in a spoken sentence. */
  readonly isLenient?: boolean;
}

/** A path that a template names: `['arguments', 'orderId']`. An inner list is a path by which another is looked up. */
export type NamedPath = readonly (string | number | NamedPath)[];

/** A parsed template. */
export interface Template {
  /** The paths that it names, but for its own variables. */
  readonly names: readonly NamedPath[];
  /** @throws Error when it names something that is not there, or takes too long */
  render(scope: TemplateScope): string;
}

const RENDER_LIMIT_MS = 500;
const MEMORY_LIMIT = 10_000_000;

/** A value as a person would write it. */
export function plainText(value: unknown): string {
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

/** A lone half of a surrogate pair cannot be encoded: it is replaced. */
function uriPart(value: unknown): string {
  return encodeURIComponent(Buffer.from(plainText(value)).toString());
}

const ESCAPES: Readonly<Record<Escaping, ((value: unknown) => string) | undefined>> = {
  none: undefined,
  url: uriPart,
  form: uriPart,
  json: jsonPart,
  xml: (value) => plainText(value).replace(/[&<>"']/g, (mark) => XML_MARKS[mark] ?? mark),
};

function newEngine(escaping: Escaping, isLenient: boolean): Liquid {
  const escape = ESCAPES[escaping];
  const liquid = new Liquid({
    // Where it is strict, `if` and `default` may still ask.
    strictVariables: !isLenient,
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

const engines = new Map<string, Liquid>();

function engineFor({ escaping = 'none', isLenient = false }: TemplateOptions): Liquid {
  const key = `${escaping} ${String(isLenient)}`;
  const engine = engines.get(key) ?? newEngine(escaping, isLenient);
  engines.set(key, engine);
  return engine;
}

/**
 * Parses a Liquid template.
 *
 * @throws Error whose message says where the syntax is wrong
 */
export function parseTemplate(text: string, options: TemplateOptions = {}): Template {
  const liquid = engineFor(options);
  const parsed: LiquidTemplate[] = liquid.parse(text);
  return {
    names: liquid.globalVariableSegmentsSync(parsed),
    render: (scope) => String(liquid.renderSync(parsed, scope)),
  };
}

/** A text that is nothing but one output: `{{ arguments.count }}`. */
const LONE_OUTPUT = /^\s*\{\{-?((?:(?!\}\}|\{\{).)+?)-?\}\}\s*$/s;
/** ... and that output nothing but a path. */
const PATH = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)+$/;

/** A template that gives a value: a lone output keeps the type of what it names, anything else gives a text. */
export interface ValueTemplate {
  readonly names: readonly NamedPath[];
  /**
   * @returns undefined when it is nothing but the name of an argument that was not given
   * @throws Error as {@link Template.render}
   */
  value(scope: TemplateScope): unknown;
}

/**
 * Parses a template that gives a value.
 *
 * @throws Error whose message says where the syntax is wrong
 */
export function parseValueTemplate(text: string): ValueTemplate {
  const template = parseTemplate(text);
  const lone = LONE_OUTPUT.exec(text)?.[1]?.trim();
  if (lone === undefined) return { names: template.names, value: (scope) => template.render(scope) };
  const liquid = engineFor({ isLenient: PATH.test(lone) });
  return {
    names: template.names,
    value: (scope) => (liquid.evalValueSync(lone, scope) as unknown) ?? undefined,
  };
}

import type { Environment } from '@interject/runtime';
import { parseTemplate, parseValueTemplate } from '../templates/templates.js';
import type { NamedPath, Template, TemplateOptions, ValueTemplate } from '../templates/templates.js';
import type { FileProblem } from './file-problem.js';
import { suggest } from './suggest.js';
import { expandVariables } from './variables.js';

/** What the templates of one place may name, e.g. `arguments` and `result`. */
export type TemplateRoots = readonly string[];

/** Reads the templates of one tool and gathers what is wrong with them. */
export class TemplateReader {
  readonly problems: FileProblem[] = [];

  /**
   * @param argumentNames of the tool, undefined when its schema leaves them open
   */
  constructor(
    private readonly env: Environment,
    private readonly argumentNames: readonly string[] | undefined,
  ) {}

  /** A template with environment variables in it. */
  template(text: string, field: string, roots: TemplateRoots, options: TemplateOptions = {}): Template | undefined {
    return this.read(text, this.expand(text, field), field, roots, (source) => parseTemplate(source, options));
  }

  /** The same for one that gives a value. */
  valueTemplate(text: string, field: string, roots: TemplateRoots): ValueTemplate | undefined {
    return this.read(text, this.expand(text, field), field, roots, parseValueTemplate);
  }

  /** A template whose text is said to the caller: no secret gets into it. */
  words(text: string, field: string, roots: TemplateRoots, options: TemplateOptions = {}): Template | undefined {
    this.refuseVariables(text, field);
    return this.read(text, text, field, roots, (source) => parseTemplate(source, options));
  }

  /** Words are said: a secret in them would be told, and the name of one makes no sense. */
  refuseVariables(text: string, field: string): void {
    if (/\$\{[A-Za-z_]\w*\}/.test(text))
      this.add(field, 'is said to the caller: no environment variable can stand in it');
  }

  add(field: string, problem: string): void {
    this.problems.push({ field, problem });
  }

  /** With environment variables put in; undefined when one is missing. */
  expand(text: string, field: string): string | undefined {
    const { text: expanded, problems } = expandVariables(text, field, this.env, true);
    this.problems.push(...problems);
    return problems.length === 0 ? expanded : undefined;
  }

  /** Parses what the file says before variables are put in, so that no value of theirs gets into an error text. */
  private read<T extends { readonly names: readonly NamedPath[] }>(
    text: string,
    expanded: string | undefined,
    field: string,
    roots: TemplateRoots,
    parse: (source: string) => T,
  ): T | undefined {
    try {
      const { names } = parse(text);
      this.checkNames(names, field, roots);
    } catch (error) {
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
      this.add(field, `is no Liquid template: ${reason}`);
      return undefined;
    }
    if (expanded === undefined) return undefined;
    try {
      return parse(expanded);
    } catch {
      this.add(field, 'is no Liquid template with the variables put in');
      return undefined;
    }
  }

  private checkNames(names: readonly NamedPath[], field: string, roots: TemplateRoots): void {
    const unknown = new Set<string>();
    for (const path of names.flatMap(withInner)) {
      const [root, next] = path;
      if (typeof root !== 'string') continue;
      if (!roots.includes(root)) unknown.add(`names ${root}: it can only name ${roots.join(', ')}`);
      else if (root === 'arguments' && typeof next === 'string') this.checkArgument(next, unknown);
    }
    for (const problem of unknown) this.add(field, problem);
  }

  private checkArgument(name: string, unknown: Set<string>): void {
    const known = this.argumentNames;
    if (known === undefined || known.includes(name)) return;
    const meant = suggest(name, known);
    const help = meant === undefined ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`;
    unknown.add(`names arguments.${name}, which parameters does not have; ${help}`);
  }
}

/** A path and those by which it looks something up. */
function withInner(path: NamedPath): NamedPath[] {
  return [path, ...path.filter((part): part is NamedPath => Array.isArray(part)).flatMap(withInner)];
}

/** Schema keywords by which a schema gets properties that `properties` does not list. */
const OPENING = ['$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'patternProperties', 'unevaluatedProperties'] as const;

/** The arguments of a tool; undefined when its schema does not list them all. */
export function argumentNamesOf(parameters: unknown): readonly string[] | undefined {
  if (typeof parameters !== 'object' || parameters === null) return undefined;
  const schema = parameters as Readonly<Record<string, unknown>>;
  const { properties, additionalProperties } = schema;
  if (typeof properties !== 'object' || properties === null) return undefined;
  if (OPENING.some((keyword) => keyword in schema)) return undefined;
  const names = Object.keys(properties);
  const isOpen = additionalProperties !== undefined && additionalProperties !== false;
  return isOpen || names.length === 0 ? undefined : names;
}

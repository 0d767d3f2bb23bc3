import type { Type } from '@nestjs/common';
import { validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { envFieldsOf } from './env.decorator.js';
import type { VariableType } from './env.decorator.js';
import type { Environment } from './environment.js';
import { readVariable } from './read-variable.js';
import { ConfigurationError } from './runtime.errors.js';
import type { ConfigurationFault } from './runtime.errors.js';
import { variableSource } from './variable-source.js';
import type { VariableSource } from './variable-source.js';

/** A config class may check how its fields go together: each text names the variable and what is expected of it. */
export interface CrossChecked {
  problems(): readonly string[];
}

/** The validated configuration: one object for each class. */
export interface Configs {
  /** @throws TypeError for a class that was not loaded */
  readonly get: <T extends object>(type: Type<T>) => T;
  /** Every class with its object. */
  readonly entries: ReadonlyMap<Type<object>, object>;
}

export interface LoadOptions {
  /** Put for `<SERVICE>` in the names of variables: `http-worker` becomes `HTTP_WORKER`. */
  readonly service?: string;
  /** Values that a class is given in place of its initial ones, before the environment is read. */
  readonly presets?: ReadonlyMap<Type<object>, object>;
}

const MAX_SHOWN = 100;

/**
 * Makes an object of each config class from the environment and checks it.
 *
 * @throws ConfigurationError that names all faults of all classes
 */
export function loadConfigs(
  classes: readonly Type<object>[],
  env: Environment,
  { service = '', presets = new Map() }: LoadOptions = {},
): Configs {
  const prefix = service.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  const faults: ConfigurationFault[] = [];
  const entries = new Map<Type<object>, object>();
  for (const type of new Set(classes)) {
    const config = Object.assign(new type(), presets.get(type));
    faults.push(...fill(config, type, env, prefix));
    entries.set(type, config);
  }
  if (faults.length > 0) throw new ConfigurationError(unique(faults));
  return {
    entries,
    get<T extends object>(type: Type<T>): T {
      const config = entries.get(type);
      if (config === undefined) throw new TypeError(`${type.name} is not loaded: name it in \`configs\`.`);
      return config as T;
    },
  };
}

function fill(config: object, type: Type<object>, env: Environment, prefix: string): readonly ConfigurationFault[] {
  const faults: ConfigurationFault[] = [];
  const unread = new Set<string>();
  const values = config as Record<string, unknown>;
  const fields = envFieldsOf(type.prototype as object).map((f) => {
    const variable = f.variable.replace('<SERVICE>', prefix);
    return { ...f, variable, source: variableSource({ ...f, variable }, env) };
  });
  for (const { property, source, type: declared } of fields) {
    if (source.kind === 'unset') continue;
    const read =
      source.kind === 'faulty'
        ? ({ ok: false, problem: source.problem } as const)
        : readVariable(source.text, declared ?? typeOf(values[property]));
    if (read.ok) {
      values[property] = read.value;
    } else {
      unread.add(property);
      faults.push({ variable: source.variable, problem: withValue(read.problem, source) });
    }
  }
  for (const error of validateSync(config, { forbidUnknownValues: false })) {
    // What could not be read still has its default, whose faults, if any, are not the operator's.
    if (unread.has(error.property)) continue;
    faults.push(faultOf(error, type, fields.find((f) => f.property === error.property)?.source));
  }
  const told = new Set(fields.filter((f) => unread.has(f.property)).map((f) => f.variable));
  const cross = crossFaults(config, type, faults.length > 0).filter(({ variable }) => !told.has(variable));
  return [...faults, ...cross];
}

function faultOf(error: ValidationError, type: Type<object>, source: VariableSource | undefined): ConfigurationFault {
  const problem = problemTexts(error).join(', ');
  if (source === undefined) return { variable: `${type.name}.${error.property}`, problem };
  return {
    variable: source.variable,
    problem: source.kind === 'unset' ? `is not set; it ${problem}` : withValue(problem, source),
  };
}

/** class-validator's texts begin with the field's name, in place of which the variable is named. */
function problemTexts(error: ValidationError): readonly string[] {
  const own = Object.values(error.constraints ?? {}).map((text) =>
    text.replace(`each value in ${error.property} `, 'each value ').replace(new RegExp(`^${error.property} `), ''),
  );
  return [...own, ...(error.children ?? []).flatMap(problemTexts)];
}

function crossFaults(config: object, type: Type<object>, faulty: boolean): readonly ConfigurationFault[] {
  if (!isCrossChecked(config)) return [];
  try {
    return config.problems().map((text) => {
      // "VAPI_WEBHOOK_SECRET is needed ...": the name goes in front of the colon, as with the other faults.
      const [, variable, problem] = /^([A-Z][A-Z0-9_]+) (.+)$/s.exec(text) ?? [];
      return variable === undefined || problem === undefined
        ? { variable: type.name, problem: text }
        : { variable, problem };
    });
  } catch (error) {
    // With faulty fields a check may stumble; the faults of the fields come first then.
    if (faulty) return [];
    throw error;
  }
}

function isCrossChecked(config: object): config is CrossChecked {
  return 'problems' in config && typeof config.problems === 'function';
}

function typeOf(initial: unknown): VariableType {
  if (Array.isArray(initial)) return 'list';
  const type = typeof initial;
  return type === 'number' || type === 'boolean' ? type : 'string';
}

function withValue(problem: string, source: VariableSource): string {
  if (source.kind !== 'set' || source.isSecret) return problem;
  const { text } = source;
  return `${problem} (it is "${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text}")`;
}

function unique(faults: readonly ConfigurationFault[]): readonly ConfigurationFault[] {
  return [...new Map(faults.map((fault) => [`${fault.variable}: ${fault.problem}`, fault])).values()];
}

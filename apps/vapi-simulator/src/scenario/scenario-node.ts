import { isJsonObject, type JsonObject } from './json.types.js';
import type { ScenarioProblem } from './scenario.errors.js';

export type NodePath = readonly (string | number)[];

/** Collects the faults of one file; knows the line of each path. */
export interface ProblemSink {
  readonly problems: ScenarioProblem[];
  lineOf(path: NodePath): number | undefined;
}

/**
 * One place in a scenario file. Every reading method reports what it expected when the value does not fit and then
 * returns a harmless substitute, so that one pass finds all faults; who reads must look at the sink before using anything.
 */
export class ScenarioNode {
  constructor(
    readonly value: unknown,
    readonly path: NodePath,
    private readonly sink: ProblemSink,
  ) {}

  get missing(): boolean {
    return this.value === undefined;
  }

  /** The place as written in messages, e.g. `steps[3].wait`. */
  get place(): string {
    return this.path
      .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
      .join('');
  }

  at(key: string): ScenarioNode {
    const value = isJsonObject(this.value) ? this.value[key] : undefined;
    return new ScenarioNode(value, [...this.path, key], this.sink);
  }

  /** Reads it if it is there. */
  optional<T, F>(read: (node: ScenarioNode) => T, otherwise: F): T | F {
    return this.missing ? otherwise : read(this);
  }

  /** Checks that it is a mapping without other keys than these. */
  mapping(keys: readonly string[]): this {
    if (!isJsonObject(this.value)) {
      this.fail(`a mapping with ${keys.join(', ')}`);
      return this;
    }
    for (const key of Object.keys(this.value)) {
      if (!keys.includes(key)) new ScenarioNode(key, [...this.path, key], this.sink).fail(`one of ${keys.join(', ')}`);
    }
    return this;
  }

  string(expected = 'a text'): string {
    if (typeof this.value === 'string' && this.value.trim() !== '') return this.value;
    return this.fail(expected, '');
  }

  number(expected: string, { min = 0, max = Number.MAX_SAFE_INTEGER, integer = false } = {}): number {
    const { value } = this;
    const fits = typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value));
    return fits ? value : this.fail(expected, min);
  }

  ms(): number {
    return this.number('a number of milliseconds (0 or more)');
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('true or false', false);
  }

  oneOf<const T extends string>(values: readonly [T, ...T[]]): T {
    const found = values.find((value) => value === this.value);
    return found ?? this.fail(`one of ${values.join(', ')}`, values[0]);
  }

  list<T>(expected: string, read: (node: ScenarioNode) => T): readonly T[] {
    if (!Array.isArray(this.value)) return this.fail(expected, []);
    return this.value.map((value, index) => read(new ScenarioNode(value, [...this.path, index], this.sink)));
  }

  json(expected: string): JsonObject {
    return isJsonObject(this.value) ? this.value : this.fail(expected, {});
  }

  /** Reports this place. */
  fail(expected: string): undefined;
  fail<T>(expected: string, substitute: T): T;
  fail<T>(expected: string, substitute?: T): T | undefined {
    const problem = { path: this.place, line: this.sink.lineOf(this.path), expected, found: describe(this.value) };
    this.sink.problems.push(problem);
    return substitute;
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

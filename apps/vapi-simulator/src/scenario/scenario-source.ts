import { LineCounter, isNode, parseDocument, type Document } from 'yaml';
import { isJsonObject } from './json.types.js';
import { ScenarioNode, type NodePath, type ProblemSink } from './scenario-node.js';
import { parseScenario, SCENARIO_KEYS } from './scenario-parser.js';
import { ScenarioError, type ScenarioProblem } from './scenario.errors.js';
import type { Scenario } from './scenario.types.js';
import { substitute } from './variables.js';

/** A change made from outside, `--set key=value`: a variable of `vars`, or the path of a key of the scenario. */
export interface Override {
  readonly key: string;
  readonly value: string;
}

/** A scenario file before its variables are filled in: it makes the scenario of each call. */
export class ScenarioSource {
  private readonly document: Document;
  private readonly lines = new LineCounter();
  private readonly variables: ReadonlyMap<string, unknown>;

  /**
   * @param file name of the file, for messages
   * @throws ScenarioError when the text is not YAML, or an override fits nothing
   */
  constructor(
    readonly file: string,
    text: string,
    overrides: readonly Override[] = [],
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines });
    const broken = this.document.errors.map((error): ScenarioProblem => {
      const line = error.linePos?.[0].line;
      return { path: '', line, expected: 'YAML', found: error.message.split('\n')[0] ?? error.code };
    });
    if (broken.length > 0) throw new ScenarioError(file, broken);
    if (!isJsonObject(this.document.toJS())) {
      const found = 'something else';
      throw new ScenarioError(file, [{ path: '', line: 1, expected: 'a mapping with name and steps', found }]);
    }
    for (const override of overrides) this.apply(override);
    const vars: unknown = this.toObject()['vars'];
    this.variables = new Map(isJsonObject(vars) ? Object.entries(vars) : []);
  }

  /**
   * The scenario of one call, with `{{call}}` and all variables filled in.
   * @param call number of the call, from 1
   * @throws ScenarioError with all faults of the file
   */
  forCall(call: number): Scenario {
    const sink: ProblemSink = { problems: [], lineOf: (path) => this.lineOf(path) };
    const variables = new Map<string, unknown>([...this.variables, ['call', call]]);
    const value = substitute(this.toObject(), variables, (name, path) => {
      const known = [...variables.keys()].join(', ');
      new ScenarioNode(`{{${name}}}`, path, sink).fail(`a variable of vars (${known})`);
    });
    const scenario = parseScenario(new ScenarioNode(value, [], sink));
    if (sink.problems.length > 0) throw new ScenarioError(this.file, sink.problems);
    return scenario;
  }

  private toObject(): Readonly<Record<string, unknown>> {
    return this.document.toJS() as Readonly<Record<string, unknown>>;
  }

  private apply({ key, value }: Override): void {
    const path = key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    const vars: unknown = this.toObject()['vars'];
    const parsed: unknown = parseDocument(value).toJS();
    if (isJsonObject(vars) && key in vars) this.document.setIn(['vars', key], parsed);
    else if (SCENARIO_KEYS.some((known) => known === path[0])) this.setIn(key, path, parsed);
    else {
      const names = [...Object.keys(isJsonObject(vars) ? vars : {}), ...SCENARIO_KEYS].join(', ');
      const problem = {
        path: `--set ${key}`,
        line: undefined,
        expected: `one of ${names}`,
        found: JSON.stringify(key),
      };
      throw new ScenarioError(this.file, [problem]);
    }
  }

  private setIn(key: string, path: NodePath, value: unknown): void {
    try {
      this.document.setIn(path, value);
    } catch {
      // The path leads through a text or a number.
      const problem = { path: `--set ${key}`, line: this.lineOf(path), expected: 'a path of the scenario' };
      throw new ScenarioError(this.file, [{ ...problem, found: JSON.stringify(key) }]);
    }
  }

  /** The line of the nearest place that exists in the file. */
  private lineOf(path: NodePath): number | undefined {
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = length === 0 ? this.document.contents : this.document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.lines.linePos(node.range[0]).line;
    }
    return undefined;
  }
}

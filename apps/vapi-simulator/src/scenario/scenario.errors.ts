/** One fault of a scenario file. */
export interface ScenarioProblem {
  /** Where, e.g. `steps[3].toolCalls[0].tool`; empty for the whole file. */
  readonly path: string;
  readonly line: number | undefined;
  /** What was expected there. */
  readonly expected: string;
  /** What was found instead. */
  readonly found: string;
}

const SCENARIO_ERROR = Symbol.for('interject.scenario-error');

/** A scenario file has faults; they are all reported together. */
export class ScenarioError extends Error {
  readonly [SCENARIO_ERROR] = true;
  readonly code = 'scenario-faulty';
  readonly retryable = false;

  constructor(
    readonly file: string,
    readonly problems: readonly ScenarioProblem[],
  ) {
    super(describe(file, problems));
    this.name = 'ScenarioError';
  }
}

/** True for a {@link ScenarioError}, also one from another copy of this module. */
export function isScenarioError(value: unknown): value is ScenarioError {
  return typeof value === 'object' && value !== null && SCENARIO_ERROR in value;
}

function describe(file: string, problems: readonly ScenarioProblem[]): string {
  const lines = problems.map(({ path, line, expected, found }) => {
    const place = [line === undefined ? undefined : `line ${line}`, path === '' ? undefined : path];
    return `  ${place.filter((part) => part !== undefined).join(', ') || 'the file'}: expected ${expected}, found ${found}`;
  });
  return `${file} has ${problems.length === 1 ? 'a fault' : `${problems.length} faults`}:\n${lines.join('\n')}`;
}

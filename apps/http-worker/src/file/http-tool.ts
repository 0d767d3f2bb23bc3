import { isContractError, parse } from '@interject/contracts';
import type { Environment } from '@interject/runtime';
import { DEFAULT_CONCURRENCY, ownDefinition } from '@interject/worker-sdk';
import type { OwnToolDefinition } from '@interject/worker-sdk';
import { planRequest, templateOf } from '../backend/request-plan.js';
import type { RequestPlan } from '../backend/request-plan.js';
import type { Template } from '../templates/templates.js';
import { argumentsValidator, NO_PARAMETERS } from './arguments-validator.js';
import type { ArgumentsValidator } from './arguments-validator.js';
import type { FileProblem } from './file-problem.js';
import { HttpRequestEntry, HttpToolEntry } from './http-tool.dto.js';
import { unknownToolKeys } from './known-keys.js';

/** A tool of the file, ready to be run. */
export interface HttpTool {
  readonly definition: OwnToolDefinition;
  readonly concurrency: number;
  readonly request: RequestPlan;
  readonly validate: ArgumentsValidator;
  readonly say?: Template;
}

/** A tool, unless there are problems. */
export interface ReadTool {
  readonly tool?: HttpTool;
  readonly problems: readonly FileProblem[];
}

/** An entry as YAML gives it. */
type RawTool = Readonly<Record<string, unknown>>;

const SAY_MARK = /\{\{|\{%/;

const AS_IT_IS = 'is said as it is: it cannot be a template';

/** Texts beside `say`, none of which is a template. */
function plainWords({ sayOnFailure, fillers }: RawTool): [field: string, text: unknown][] {
  const { texts, onSilenceLimit, onDurationLimit } = (fillers ?? {}) as RawTool;
  return [
    ['sayOnFailure', sayOnFailure],
    ...(Array.isArray(texts) ? texts : []).map((text: unknown): [string, unknown] => ['fillers.texts', text]),
    ['fillers.onSilenceLimit', onSilenceLimit],
    ['fillers.onDurationLimit', onDurationLimit],
  ];
}

function readWords(raw: RawTool): { say?: Template; problems: FileProblem[] } {
  const { say } = raw;
  const problems = plainWords(raw)
    .filter(([, text]) => typeof text === 'string' && SAY_MARK.test(text))
    .map(([field]) => ({ field, problem: AS_IT_IS }));
  if (typeof say !== 'string') return { problems };
  const { template, problems: own } = templateOf({ text: say, expanded: say }, 'say', 'none');
  return { ...(template && { say: template }), problems: [...problems, ...own] };
}

function valueAt(data: unknown, field: string): unknown {
  return field.split('.').reduce<unknown>((inner, key) => (inner as RawTool | null | undefined)?.[key], data);
}

/** All that is wrong with a field that is not there is that it is not there. */
function readable(problems: readonly FileProblem[], data: unknown): FileProblem[] {
  const missing = new Set(problems.map(({ field }) => field).filter((field) => valueAt(data, field) === undefined));
  const others = problems.filter(({ field }) => !missing.has(field));
  return [...[...missing].map((field) => ({ field, problem: 'is missing' })), ...others];
}

/** The shape alone. @returns the entry, or every field that does not fit */
function readShape<T extends object>(contract: new () => T, data: unknown): { entry?: T; problems: FileProblem[] } {
  try {
    return { entry: parse(contract, data), problems: [] };
  } catch (error) {
    if (!isContractError(error)) throw error;
    return { problems: readable(error.problems, data) };
  }
}

function readParameters(parameters: unknown): ReturnType<typeof argumentsValidator> {
  if (parameters === undefined || parameters === null) return argumentsValidator(NO_PARAMETERS);
  // Anything else is a fault of the shape.
  return typeof parameters === 'object' ? argumentsValidator(parameters as Record<string, unknown>) : { problems: [] };
}

/** Reads one entry of `tools`. A fault in one part hides none in another. The problems come without the tool's name. */
export function readHttpTool(data: unknown, env: Environment): ReadTool {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return { problems: [{ field: '', problem: 'must be a mapping with name, description and request' }] };
  }
  const raw = data as RawTool;
  const { entry, problems: shape } = readShape(HttpToolEntry, data);
  const { entry: request } = readShape(HttpRequestEntry, raw['request']);
  const planned = request === undefined ? { problems: [] } : planRequest(request, env);
  const schema = readParameters(raw['parameters']);
  const words = readWords(raw);
  const problems = [...unknownToolKeys(data), ...shape, ...schema.problems, ...planned.problems, ...words.problems];
  const { plan } = planned;
  if (problems.length > 0 || !entry || !plan || !schema.validate) return { problems };
  const tool = {
    definition: ownDefinition(entry, entry.parameters ?? NO_PARAMETERS),
    concurrency: entry.concurrency ?? DEFAULT_CONCURRENCY,
    request: plan,
    validate: schema.validate,
    ...(words.say && { say: words.say }),
  };
  return { tool, problems };
}

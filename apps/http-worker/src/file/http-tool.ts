import { isCallerTool } from '@interject/contracts';
import type { Environment } from '@interject/runtime';
import type { OwnToolDefinition } from '@interject/worker-sdk';
import { planRequest } from '../backend/request-plan.js';
import type { RequestPlan } from '../backend/request-plan.js';
import { planResponse } from '../backend/response-plan.js';
import type { ResponsePlan } from '../backend/response-plan.js';
import { callbackPlan } from '../callback/callback-plan.js';
import type { CallbackPlan } from '../callback/callback-plan.js';
import type { Template } from '../templates/templates.js';
import { argumentsValidator, NO_PARAMETERS } from './arguments-validator.js';
import type { ArgumentsValidator } from './arguments-validator.js';
import { crossProblems } from './cross-problems.js';
import type { FileProblem } from './file-problem.js';
import { HttpCallbackEntry, HttpRequestEntry, HttpResponseEntry } from './http-request.dto.js';
import { HttpDuplicatesEntry, HttpToolEntry } from './http-tool.dto.js';
import { unknownToolKeys } from './known-keys.js';
import { isMapping, readPart, readShape } from './read-shape.js';
import type { RawMapping } from './read-shape.js';
import { argumentNamesOf, TemplateReader } from './template-reader.js';
import { definitionOf, limitsOf } from './wishes.js';
import type { JobLimits } from './wishes.js';

/** A tool of the file, ready to be run. */
export interface HttpTool {
  readonly definition: OwnToolDefinition;
  readonly limits: JobLimits;
  readonly request: RequestPlan;
  readonly response: ResponsePlan;
  readonly validate: ArgumentsValidator;
  /** Only of a backend that calls back. */
  readonly callback?: CallbackPlan;
  readonly say?: Template;
}

/** A tool, unless there are problems. */
export interface ReadTool {
  readonly tool?: HttpTool;
  readonly problems: readonly FileProblem[];
}

const SAY_MARK = /\{\{|\{%/;
const SAY_ROOTS = ['arguments', 'result'];
const RESERVED_NAME: FileProblem = {
  field: 'name',
  problem: 'belongs to a tool that the gateway answers itself: choose another',
};

/** Texts beside `say`, none of which is a template. */
function plainWords({ sayOnFailure, sayOnStart, fillers }: RawMapping): [field: string, text: unknown][] {
  const { texts, onSilenceLimit, onDurationLimit } = (fillers ?? {}) as RawMapping;
  return [
    ['sayOnStart', sayOnStart],
    ['sayOnFailure', sayOnFailure],
    ...(Array.isArray(texts) ? texts : []).map((text: unknown): [string, unknown] => ['fillers.texts', text]),
    ['fillers.onSilenceLimit', onSilenceLimit],
    ['fillers.onDurationLimit', onDurationLimit],
  ];
}

function readWords(raw: RawMapping, reader: TemplateReader): Template | undefined {
  for (const [field, text] of plainWords(raw)) {
    if (typeof text !== 'string') continue;
    if (SAY_MARK.test(text)) reader.add(field, 'is said as it is: it cannot be a template');
    reader.refuseVariables(text, field);
  }
  const { say } = raw;
  return typeof say === 'string' ? reader.words(say, 'say', SAY_ROOTS) : undefined;
}

function readParameters(parameters: unknown): ReturnType<typeof argumentsValidator> {
  if (parameters === undefined || parameters === null) return argumentsValidator(NO_PARAMETERS);
  // Anything else is a fault of the shape.
  return isMapping(parameters) ? argumentsValidator(parameters) : { problems: [] };
}

/** True for an entry whose backend calls back. */
export function wantsCallback(raw: unknown): boolean {
  return isMapping(raw) && (raw['callback'] === true || isMapping(raw['callback']));
}

interface Exchange {
  readonly request?: RequestPlan | undefined;
  readonly response: ResponsePlan;
  readonly callback?: CallbackPlan | undefined;
  readonly problems: readonly FileProblem[];
}

/** How the backend is asked and what is made of its answer. */
function readExchange(raw: RawMapping, reader: TemplateReader): Exchange {
  const { entry: own = {}, problems: ofCallback } = readPart(HttpCallbackEntry, raw['callback'], 'callback');
  const callback = wantsCallback(raw) ? callbackPlan(own) : undefined;
  const { entry, problems: ofRequest } = readPart(HttpRequestEntry, raw['request'], 'request');
  const request = entry && planRequest(entry, reader, callback);
  const { entry: wishes = {}, problems: ofResponse } = readPart(HttpResponseEntry, raw['response'], 'response');
  const response = planResponse(wishes, entry?.format ?? 'plain', reader);
  return { request, response, callback, problems: [...ofRequest, ...ofCallback, ...ofResponse] };
}

/** Reads one entry of `tools`. A fault in one part hides none in another. The problems come without the tool's name. */
export function readHttpTool(raw: unknown, env: Environment): ReadTool {
  if (!isMapping(raw)) {
    return { problems: [{ field: '', problem: 'must be a mapping with name, description and request' }] };
  }
  const { entry, problems: shape } = readShape(HttpToolEntry, raw);
  const duplicates = readPart(HttpDuplicatesEntry, raw['duplicates'], 'duplicates');
  const schema = readParameters(raw['parameters']);
  const reader = new TemplateReader(env, argumentNamesOf(raw['parameters']));
  const exchange = readExchange(raw, reader);
  const say = readWords(raw, reader);
  const problems = [
    ...unknownToolKeys(raw),
    ...shape,
    ...duplicates.problems,
    ...schema.problems,
    ...exchange.problems,
    ...reader.problems,
    ...(isCallerTool(String(raw['name'])) ? [RESERVED_NAME] : []),
    ...(entry ? crossProblems(entry, exchange.request, exchange.callback) : []),
  ];
  const { request, response, callback } = exchange;
  if (problems.length > 0 || !entry || !request || !schema.validate) return { problems };
  const tool = {
    definition: definitionOf(entry),
    limits: limitsOf(entry),
    request,
    response,
    validate: schema.validate,
    ...(callback && { callback }),
    ...(say && { say }),
  };
  return { tool, problems };
}

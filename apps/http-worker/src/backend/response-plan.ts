import { NonRetryableError } from '@interject/worker-sdk';
import type { HttpResponseEntry, RequestFormat } from '../file/http-request.dto.js';
import type { TemplateReader } from '../file/template-reader.js';
import type { Template } from '../templates/templates.js';
import { TemplateFailure } from './template-failure.js';
import { readVapiAnswer } from './vapi-format.js';

/** What is made of a backend's answer, whether it comes at once or by a callback. */
export interface ResponsePlan {
  readonly format: RequestFormat;
  /** Steps into the answer, e.g. `['data', 'orders', '0']`. */
  readonly pick?: readonly string[];
  readonly failWhen?: Template;
  readonly sayWhenFailed?: Template;
}

/** The answer and what it belongs to. */
export interface AnswerContext {
  readonly args: object;
  readonly toolCallId: string;
}

const ROOTS = ['arguments', 'answer'];
const STEP = /^[^.[\]]+/;
const INDEX = /^\[(\d{1,6})\]/;

/** `data.orders[0].id` or `data.orders.0.id`. @returns undefined when it is neither */
export function parsePath(text: string): readonly string[] | undefined {
  const steps: string[] = [];
  let rest = text.startsWith('$.') ? text.slice(2) : text;
  while (rest !== '') {
    const index = INDEX.exec(rest);
    const step = STEP.exec(rest);
    if (index !== null) steps.push(index[1] ?? '');
    else if (step !== null) steps.push(step[0]);
    else return undefined;
    rest = rest.slice((index ?? step)?.[0].length);
    if (rest.startsWith('.')) {
      if (rest.length === 1) return undefined;
      rest = rest.slice(1);
    }
  }
  return steps.length === 0 ? undefined : steps;
}

/** @param reader is told of every problem */
export function planResponse(
  { pick, failWhen, sayWhenFailed }: HttpResponseEntry,
  format: RequestFormat,
  reader: TemplateReader,
): ResponsePlan {
  const path = pick === undefined ? undefined : parsePath(pick);
  if (pick !== undefined && path === undefined) {
    reader.add('response.pick', 'must be a path like data.order or items[0].status');
  }
  const lenient = { isLenient: true };
  const fails = failWhen === undefined ? undefined : reader.words(failWhen, 'response.failWhen', ROOTS, lenient);
  const words =
    sayWhenFailed === undefined ? undefined : reader.words(sayWhenFailed, 'response.sayWhenFailed', ROOTS, lenient);
  return {
    format,
    ...(path && { pick: path }),
    ...(fails && { failWhen: fails }),
    ...(words && { sayWhenFailed: words }),
  };
}

function at(data: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((inner, step) => {
    const isHolder = typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step);
    return isHolder ? (inner as Readonly<Record<string, unknown>>)[step] : undefined;
  }, data);
}

/** What a template gives, undefined when it is empty or cannot be filled. */
function rendered(template: Template, args: object, answer: unknown): string | undefined {
  try {
    const text = template.render({ arguments: args, answer }).trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The words for an answer that means failure; undefined leaves it to `sayOnFailure`. */
export function failureWords({ sayWhenFailed }: ResponsePlan, answer: unknown, args: object): string | undefined {
  return sayWhenFailed && rendered(sayWhenFailed, args, answer);
}

/** The job failed over there, as the answer itself says. */
export function reportedFailure(plan: ResponsePlan, answer: unknown, args: object, own?: string): NonRetryableError {
  const say = failureWords(plan, answer, args) ?? own;
  const options = { code: 'backend-reported-failure', ...(say !== undefined && { say }) };
  return new NonRetryableError('The backend says that the job failed.', options);
}

/** What counts as no: `{{ answer.error }}`, `{{ answer.ok == false }}` and `{{ answer.errors.size }}` read naturally. */
const NO: ReadonlySet<string> = new Set(['false', '0']);

/** @throws TemplateFailure when it cannot be filled: nobody knows then whether the job succeeded */
function isFailure(failWhen: Template, args: object, answer: unknown): boolean {
  try {
    const text = failWhen.render({ arguments: args, answer }).trim();
    return text !== '' && !NO.has(text);
  } catch (cause) {
    throw TemplateFailure.of('response.failWhen', cause);
  }
}

/** @throws NonRetryableError `backend-reported-failure` for an error; `backend-answer-invalid` when it is another shape */
function vapiResult(plan: ResponsePlan, content: unknown, { args, toolCallId }: AnswerContext): unknown {
  const read = readVapiAnswer(content, toolCallId);
  if (read.kind === 'result') return read.result;
  throw reportedFailure(plan, read.error, args, typeof read.error === 'string' ? read.error : undefined);
}

/**
 * Takes the result out of what a backend answered to say that it succeeded.
 *
 * @throws NonRetryableError `backend-reported-failure` when `failWhen` or Vapi's `error` says so, `backend-answer-invalid`
 * when what is needed is not in it; TemplateFailure when `failWhen` cannot be filled
 */
export function resultOf(plan: ResponsePlan, content: unknown, context: AnswerContext): unknown {
  const { format, failWhen, pick } = plan;
  const { args } = context;
  const answer = format === 'vapi' ? vapiResult(plan, content, context) : content;
  if (failWhen !== undefined && isFailure(failWhen, args, answer)) throw reportedFailure(plan, answer, args);
  if (pick === undefined) return answer;
  const picked = at(answer, pick);
  if (picked === undefined) {
    const text = 'The answer of the backend has nothing at response.pick.';
    throw new NonRetryableError(text, { code: 'backend-answer-invalid' });
  }
  return picked;
}

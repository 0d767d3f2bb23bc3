import { isJsonObject, type JsonObject, type JsonValue } from '../scenario/json.types.js';
import { headersOf } from './headers.js';

/** How coming requests to the REST API are answered instead of as usual. */
export interface ScriptedAnswer {
  /** Undefined is any. */
  readonly method: string | undefined;
  /** With placeholders: `/tool/:id`; undefined is any. */
  readonly route: string | undefined;
  /** Undefined drops the connection without an answer. */
  readonly status: number | undefined;
  readonly body: JsonValue | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** So many fitting requests pass before. */
  readonly skip: number;
  /** So many fitting requests are answered so. */
  readonly times: number;
  /** The request takes effect all the same: only its answer is lost. */
  readonly applied: boolean;
  /** Ms before the answer. */
  readonly delayMs: number;
}

/** A script, or what is wrong with it. */
export type ScriptReading =
  | { readonly ok: true; readonly answers: readonly ScriptedAnswer[] }
  | { readonly ok: false; readonly problems: readonly string[] };

const KEYS = ['method', 'route', 'status', 'drop', 'body', 'headers', 'skip', 'times', 'applied', 'delayMs'];
const MAX_DELAY_MS = 600_000;

/** Scripted answers, each used up in turn. */
export class ScriptedAnswers {
  private pending: { readonly answer: ScriptedAnswer; skip: number; times: number }[] = [];

  add(answers: readonly ScriptedAnswer[]): void {
    this.pending.push(...answers.map((answer) => ({ answer, skip: answer.skip, times: answer.times })));
  }

  /** The answer for this request, if one is scripted; it counts as used. */
  take(method: string, route: string): ScriptedAnswer | undefined {
    for (const entry of this.pending) {
      const { answer } = entry;
      if (answer.method !== undefined && answer.method !== method) continue;
      if (answer.route !== undefined && answer.route !== route) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.times -= 1;
      if (entry.times <= 0) this.pending = this.pending.filter((other) => other !== entry);
      return answer;
    }
    return undefined;
  }

  /** How many answers are still to be given. */
  get left(): number {
    return this.pending.reduce((sum, { times }) => sum + times, 0);
  }

  clear(): void {
    this.pending = [];
  }
}

/** Reads one scripted answer or a list of them. */
export function readScript(given: unknown): ScriptReading {
  const problems: string[] = [];
  const answers = (Array.isArray(given) ? (given as readonly unknown[]) : [given]).map((item, index) =>
    readAnswer(item, `answer ${index + 1}`, problems),
  );
  return problems.length > 0 ? { ok: false, problems } : { ok: true, answers };
}

function readAnswer(given: unknown, name: string, problems: string[]): ScriptedAnswer {
  const value: JsonObject = isJsonObject(given) ? given : {};
  if (!isJsonObject(given)) problems.push(`${name}: expected a mapping with ${KEYS.join(', ')}`);
  for (const key of Object.keys(value)) {
    if (!KEYS.includes(key)) problems.push(`${name}.${key}: expected one of ${KEYS.join(', ')}`);
  }
  const whole = (key: string, otherwise: number, min: number, max: number): number => {
    const number = value[key] ?? otherwise;
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
    problems.push(`${name}.${key}: expected a whole number from ${min} to ${max}`);
    return otherwise;
  };
  const text = (key: string): string | undefined => {
    if (value[key] === undefined || typeof value[key] === 'string') return value[key];
    problems.push(`${name}.${key}: expected a text`);
    return undefined;
  };
  const isDropped = value['drop'] === true;
  if (isDropped === (value['status'] !== undefined)) problems.push(`${name}: expected either status or drop: true`);
  return {
    method: text('method')?.toUpperCase(),
    route: text('route'),
    status: isDropped ? undefined : whole('status', 500, 200, 599),
    body: value['body'],
    headers: headersOf(value['headers']),
    skip: whole('skip', 0, 0, 10_000),
    times: whole('times', 1, 1, 10_000),
    applied: value['applied'] === true,
    delayMs: whole('delayMs', 0, 0, MAX_DELAY_MS),
  };
}

import { stringify } from 'yaml';

/** What a plan tool is asked: the words it answers with, and how long its backend works. */
export interface Job {
  readonly text: string;
  /** Real milliseconds. */
  readonly ms: number;
}

/** Shown to Vapi and in the tools file alike. */
const PARAMETERS = {
  type: 'object',
  properties: { text: { type: 'string' }, ms: { type: 'integer' } },
  required: ['text', 'ms'],
};

/** Keys of a tools file by which a plan tool differs from the others. */
export interface PlanWishes {
  readonly path?: string;
  /** Of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** One tool for each policy: what differs from a tool that says what its backend answers. */
const PLANS: Readonly<Record<string, PlanWishes>> = {
  plain: { graceMs: 1500 },
  // Its answer to the webhook is always "pending".
  no_grace: { graceMs: 0 },
  long_grace: { graceMs: 2500 },
  short_grace: { graceMs: 500 },
  urgent: { speech: { class: 'urgent' } },
  cutting_in: { speech: { class: 'urgent', timing: 'interrupt' } },
  next_turn: { speech: { timing: 'next-turn' } },
  own_words: { speech: { wording: 'assistant' } },
  silent: { speech: { wording: 'silent' } },
  news: { speech: { class: 'latest' } },
  fresh_for_a_second: { speech: { expiresInMs: 1000 } },
  hold_then_speak: { speech: { maxHoldMs: 800, onHoldExpired: 'speak' } },
  hold_then_tell_model: { speech: { maxHoldMs: 800, onHoldExpired: 'silent' } },
  hold_then_drop: { speech: { maxHoldMs: 800, onHoldExpired: 'drop' } },
  firm: { speech: { callerMayInterrupt: false } },
  said_again: { speech: { repeatTemplate: 'As I was saying: {text}' } },
  said_once: { speech: { onInterrupted: 'drop' } },
  last_words: { speech: { endCallAfter: true } },
  in_a_sentence: { speech: { template: 'About your order: {text}', maxCharacters: 80 } },
  sure: { speech: { onUnconfirmed: 'repeat' } },
  forgotten: { speech: { onUnconfirmed: 'drop' } },
  finished: { onCallEnded: 'finish' },
  cancelled: { onCallEnded: 'cancel' },
  too_slow: { timeoutMs: 300, retry: { attempts: 1 }, sayOnFailure: 'The archive did not answer in time.' },
  with_company: {
    fillers: { texts: ['I am still on it.', 'It takes a moment longer.'], afterMs: 1000, everyMs: 1000, max: 2 },
  },
  once: { duplicates: 'reject' },
  once_by_tool: { duplicates: { by: 'tool' } },
  one_at_a_time: { duplicates: { afterSuccessMs: 0 } },
  broken: {
    path: '/broken',
    retry: { attempts: 2, backoffMs: 50 },
    headers: { authorization: 'Bearer ${BACKEND_TOKEN}' },
    sayOnFailure: 'The archive is out of order.',
  },
  once_unlucky: { duplicates: 'reject', path: '/unlucky', sayOnFailure: 'The archive refused.' },
  yearly: { title: 'the yearly invoice', onCallEnded: 'cancel' },
  with_warning: { fillers: { texts: ['Hm.'], max: 0, onSilenceLimit: 'Are you still there? I am still working.' } },
};

/** A tool that says what its backend answers, but for its wishes; `path`: which part of the backend it asks. */
function planTool(name: string, backendUrl: string, { path = '/jobs', headers, ...wishes }: PlanWishes): object {
  return {
    name,
    description: `Does a job (${name}).`,
    parameters: PARAMETERS,
    request: { method: 'POST', url: `${backendUrl}${path}`, ...(headers === undefined ? {} : { headers }) },
    timeoutMs: 60_000,
    retry: { attempts: 3, backoffMs: 200 },
    say: '{{ result.text }}',
    ...wishes,
  };
}

/** A tools file of http-worker with one plan tool. */
export function oneToolFile(name: string, backendUrl: string, wishes: PlanWishes): string {
  return stringify({ tools: [planTool(name, backendUrl, wishes)] });
}

/** The tools file of http-worker: tools in front of the test's backend. */
export function httpTools(backendUrl: string): string {
  const plans = Object.entries(PLANS).map(([name, plan]) => planTool(name, backendUrl, plan));
  const refused = {
    name: 'refused',
    description: 'Its backend says no.',
    request: { method: 'POST', url: `${backendUrl}/refused` },
    sayOnFailure: 'The archive is closed today.',
  };
  const report = {
    name: 'build_report',
    description: 'Builds the sales report of a region.',
    parameters: { type: 'object', properties: { region: { type: 'string' } }, required: ['region'] },
    request: { method: 'POST', url: `${backendUrl}/reports` },
    timeoutMs: 30_000,
    retry: { attempts: 3, backoffMs: 200 },
    say: 'Your {{ result.region }} report is ready, {{ result.summary }}.',
    sayOnFailure: 'I could not get the report.',
  };
  return stringify({ tools: [report, refused, ...plans] });
}

/** A tool as the simulated assistant has it. */
export function vapiTool(name: string, isAsync = true): object {
  return { name, async: isAsync, description: name, parameters: name === 'refused' ? { type: 'object' } : PARAMETERS };
}

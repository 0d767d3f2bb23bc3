import { TOOL_DEFAULTS } from '@interject/contracts';
import type { CallbackPlan } from '../callback/callback-plan.js';
import { headerNameProblem } from '../backend/headers.js';
import type { RequestPlan } from '../backend/request-plan.js';
import type { FileProblem } from './file-problem.js';
import type { HttpRequestEntry } from './http-request.dto.js';
import type { HttpToolEntry } from './http-tool.dto.js';
import { suggest } from './suggest.js';

/** What Vapi takes for the value of a static argument (VAPI.md 1.2). */
const MAX_STATIC = 500;

function staticProblems({ staticArguments = {}, parameters }: HttpToolEntry): FileProblem[] {
  const properties = parameters?.['properties'];
  const known = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return Object.entries<unknown>(staticArguments).flatMap(([name, template]) => {
    const field = `staticArguments.${name}`;
    if (typeof template !== 'string' || template === '' || template.length > MAX_STATIC) {
      return [
        { field, problem: `must be a text of 1 to ${String(MAX_STATIC)} characters, e.g. '{{ customer.number }}'` },
      ];
    }
    if (known.includes(name)) return [];
    const meant = suggest(name, known);
    const help = meant === undefined ? 'add it to parameters.properties' : `did you mean "${meant}"?`;
    return [{ field, problem: `is no argument of the tool; ${help}` }];
  });
}

function callbackProblems(request: RequestPlan, { header, acceptStatuses }: CallbackPlan): FileProblem[] {
  const field = 'callback.header';
  const nameProblem = headerNameProblem(header);
  const isTaken = header in request.headers || request.headerTemplates.some(({ name }) => name === header);
  return [
    ...(nameProblem === undefined ? [] : [{ field, problem: nameProblem }]),
    ...(isTaken ? [{ field, problem: 'stands in request.headers too: leave it out there' }] : []),
    ...(new Set(acceptStatuses).size === acceptStatuses.length
      ? []
      : [{ field: 'callback.acceptStatuses', problem: 'has a status twice' }]),
  ];
}

/** What fits by itself and does not fit together. */
export function crossProblems(
  entry: HttpToolEntry,
  request: RequestPlan | undefined,
  callback: CallbackPlan | undefined,
): FileProblem[] {
  const timeoutMs = entry.timeoutMs ?? TOOL_DEFAULTS.timeoutMs;
  const isLong = ((entry.request as HttpRequestEntry).timeoutMs ?? 0) > timeoutMs;
  const problem = `must not be longer than the timeoutMs of the tool, ${String(timeoutMs)}, which bounds the whole attempt`;
  return [
    ...staticProblems(entry),
    ...(isLong ? [{ field: 'request.timeoutMs', problem }] : []),
    ...(request && callback ? callbackProblems(request, callback) : []),
  ];
}

import { isCallerTool, soundsLikeSuccess } from '@interject/contracts';
import { listOf, objectOf, objectsOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';
import { FindingCodes, findingsAt } from './finding.types.js';
import type { Finding } from './finding.types.js';

/** Longer ones are cut or weighed down silently (VAPI.md 5). */
const MAX_DESCRIPTION = 1000;
/** Never spoken for an async tool (VAPI.md 2.5). */
const NEVER_PLAYS: ReadonlySet<unknown> = new Set(['request-start', 'request-response-delayed', 'request-failed']);

/** What of a function tool, as it is in Vapi, will not work as its author thinks. */
export function lintTool(raw: JsonObject, where: string): readonly Finding[] {
  const isAsync = raw['async'] === true;
  return [
    ...lintMessages(objectsOf(raw['messages']), isAsync, where),
    ...lintFunction(objectOf(raw['function']) ?? {}, isAsync, where),
    ...lintServer(objectOf(raw['server']) ?? {}, where),
  ];
}

function lintMessages(messages: readonly JsonObject[], isAsync: boolean, where: string): readonly Finding[] {
  if (!isAsync) return [];
  const finding = findingsAt(where);
  const found: Finding[] = [];
  const dead = [...new Set(messages.map(({ type }) => type).filter((type) => NEVER_PLAYS.has(type)))];
  if (dead.length > 0) {
    const problem = `${dead.join(', ')} never plays: the tool is async`;
    const fix = 'Say it with sayOnStart; progress and failures are spoken by Interject.';
    found.push(finding(FindingCodes.MessageNeverPlays, 'warning', problem, fix));
  }
  const starts = messages.filter(({ type }) => type === 'request-complete');
  if (starts.length === 0) {
    const problem = 'nothing is said when it is called, so the model makes up what became of it';
    const fix = 'Apply: a request-complete line plays at once for an async tool.';
    found.push(finding(FindingCodes.StartTextMissing, 'error', problem, fix));
  }
  return [...found, ...starts.flatMap((start) => textsOf(start)).flatMap((text) => lintStartText(text, where))];
}

/** `content`, and its variants by language. */
function textsOf(message: JsonObject): readonly string[] {
  const variants = listOf(message['contents']).map((variant) => objectOf(variant)?.['text']);
  return [message['content'], ...variants].filter((text) => typeof text === 'string');
}

/** A line that is said before anything has been done. */
export function lintStartText(text: string, where: string): readonly Finding[] {
  const word = soundsLikeSuccess(text);
  if (word === undefined) return [];
  const problem = `the line that is said at once sounds as if all was done ("${word}")`;
  const fix = 'Word sayOnStart as a beginning: "I\'m looking into it." (English word lists: a guess.)';
  return [findingsAt(where)(FindingCodes.StartTextSoundsDone, 'warning', problem, fix)];
}

function lintFunction(given: JsonObject, isAsync: boolean, where: string): readonly Finding[] {
  const finding = findingsAt(where);
  const { name, description } = given;
  const found: Finding[] = [];
  if (typeof description === 'string' && description.length > MAX_DESCRIPTION) {
    const problem = `its description has ${String(description.length)} characters`;
    const fix = `Shorten it to ${String(MAX_DESCRIPTION)}: beyond that the model is told less without a word.`;
    found.push(finding(FindingCodes.DescriptionTooLong, 'error', problem, fix));
  }
  if (isAsync && typeof name === 'string' && isCallerTool(name)) {
    const problem = 'it is async, but the gateway answers it at once, to nobody';
    found.push(finding(FindingCodes.CallerToolAsync, 'error', problem, 'Apply, or set async to false.'));
  }
  return found;
}

function lintServer(server: JsonObject, where: string): readonly Finding[] {
  const finding = findingsAt(where);
  const found: Finding[] = [];
  const headers = Object.keys(objectOf(server['headers']) ?? {});
  const hasProof = [server['credentialId'], server['secret']].some((one) => typeof one === 'string' && one !== '');
  if (!hasProof && headers.length === 0) {
    const problem = 'its webhook has no credential of its own: Vapi sends none, or picks one itself';
    const fix = 'Set VAPI_CREDENTIAL_ID to the credential that holds the secret of the gateway, and apply.';
    found.push(finding(FindingCodes.ToolWithoutCredential, 'warning', problem, fix));
  }
  if (objectOf(server['backoffPlan']) === undefined) {
    const problem = 'its webhook is sent once: while the gateway restarts tool calls are lost';
    found.push(finding(FindingCodes.ToolWithoutRetries, 'warning', problem, 'Apply: it sets a backoffPlan.'));
  }
  return found;
}

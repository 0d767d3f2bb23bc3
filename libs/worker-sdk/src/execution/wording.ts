import { DEFAULT_FAILURE_TEXT, MAX_SPEECH_TEXT, parse, SpeechPlan, toolNameInWords } from '@interject/contracts';
import type { ToolRegistration } from '../tool-source.types.js';
import type { SpokenText } from '../tool.types.js';
import type { FailedJob } from './job-end.js';
import { JobFaults } from './job.types.js';
import type { JobFault } from './job.types.js';

/** Hears of words that could not be made. */
export type OnFault = (fault: JobFault, error: unknown) => void;

type Words = Pick<ToolRegistration, 'say' | 'sayFailure'>;

/** A string result up to here is said as it is when the tool has no `say`: about half a minute of speech. */
export const MAX_PLAIN_RESULT = 500;

/** What is said when nothing better is known. */
export function neutralLine(tool: string): string {
  const name = toolNameInWords(tool);
  return name === '' ? 'The result is ready.' : `The result of ${name} is ready.`;
}

/** The plan as the contract knows it, without what does not fit. */
export function fitSpeech(speech: unknown, onFault: OnFault): SpeechPlan | undefined {
  if (speech === undefined || speech === null) return undefined;
  try {
    return parse(SpeechPlan, speech);
  } catch (error) {
    onFault(JobFaults.SpeechPlan, error);
    return undefined;
  }
}

/** One line, not longer than an event may carry; undefined when nothing is left. */
export function fitText(text: string): string | undefined {
  const line = text.replace(/\s+/g, ' ').trim().slice(0, MAX_SPEECH_TEXT);
  return line === '' ? undefined : line;
}

/** @throws TypeError when a handler's words are not text */
function fitWords(words: unknown, onFault: OnFault): SpokenText | undefined {
  if (words === undefined || words === null) return undefined;
  const { text, speech } = (typeof words === 'string' ? { text: words } : words) as {
    text?: unknown;
    speech?: unknown;
  };
  if (typeof text !== 'string') {
    // An async `say` is a mistake that types do not always catch; its rejection must not end the process.
    Promise.resolve(words).catch(() => undefined);
    throw new TypeError('The words must be a string or { text, speech? }, not a promise.');
  }
  const line = fitText(text);
  const plan = fitSpeech(speech, onFault);
  return line === undefined ? undefined : { text: line, ...(plan && { speech: plan }) };
}

/** Words for a result. A `say` that fails does not take the result with it: then it is the neutral line. */
export function wordResult(
  tool: string,
  words: Words,
  result: { readonly value: unknown; readonly args: object },
  onFault: OnFault,
): SpokenText | undefined {
  if (words.say === undefined) {
    const plain = typeof result.value === 'string' ? fitText(result.value) : undefined;
    return { text: plain !== undefined && plain.length <= MAX_PLAIN_RESULT ? plain : neutralLine(tool) };
  }
  try {
    return fitWords(words.say(result.value, result.args), onFault);
  } catch (error) {
    onFault(JobFaults.Wording, error);
    return { text: neutralLine(tool) };
  }
}

/** Words for a failure: those of the error itself, of `sayFailure`, of `sayOnFailure`, or an apology. */
export function wordFailure(
  words: Words,
  sayOnFailure: string | undefined,
  end: FailedJob,
  onFault: OnFault,
): SpokenText | undefined {
  if (end.isSilent === true) return undefined;
  const own = end.say === undefined ? undefined : fitText(end.say);
  if (own !== undefined) return { text: own };
  let told: SpokenText | undefined;
  try {
    const { outcome, code, attempts, error } = end;
    told = fitWords(words.sayFailure?.({ outcome, code, attempts, error }), onFault);
  } catch (error) {
    onFault(JobFaults.Wording, error);
  }
  return told ?? { text: (sayOnFailure === undefined ? undefined : fitText(sayOnFailure)) ?? DEFAULT_FAILURE_TEXT };
}

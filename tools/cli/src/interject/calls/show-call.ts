import { counted, span } from '../../table.js';
import { inOneLine } from '../../printable.js';
import { UsageError } from '../../usage.errors.js';
import { FINAL_STATES } from '../call-state.types.js';
import type { CallState, SpeechTimes, UtteranceState } from '../call-state.types.js';
import { checkCallId } from '../installation.js';
import type { Installation } from '../installation.js';
import type { InterjectPorts } from '../interject-ports.js';
import { argumentsOf, callEvents } from './call-events.js';
import type { Moment } from './call-events.js';

export interface ShowOptions {
  readonly texts?: boolean;
  readonly json?: boolean;
}

/** Of a line: as much as a person reads. */
const SHOWN_TEXT = 300;

/** `call <id>`: what happened in a call, in the order in which it did. */
export async function showCall(
  it: Installation,
  id: string,
  options: ShowOptions,
  ports: InterjectPorts,
): Promise<void> {
  const callId = checkCallId(id);
  const [answer, events] = await Promise.all([it.call(callId), callEvents(it, callId)]);
  const state = 'state' in answer ? answer.state : undefined;
  if (state === undefined && events.length === 0) {
    throw new UsageError(
      `Nothing is known of the call ${inOneLine(callId)}: is its id right? After 24 hours a call is forgotten.`,
    );
  }
  const withTexts = options.texts === true;
  const asked = await toolCallMoments(it, callId, state, withTexts);
  const moments = [...events, ...asked, ...(state?.utterances ?? []).flatMap(utteranceMoments)]
    .map(({ text, ...moment }) => (withTexts && text !== undefined ? { ...moment, text } : moment))
    .sort((a, b) => a.at - b.at);
  if (options.json === true) {
    ports.terminal.out(JSON.stringify({ callId, state, moments }, undefined, 2));
    return;
  }
  print({ callId, state, moments, isOwned: answer.kind !== 'no-owner' }, ports);
  const hasTexts = events.some(({ text }) => text !== undefined) || (state?.toolCalls.length ?? 0) > 0;
  if (hasTexts && !withTexts) ports.terminal.out('What was asked and said is private: --texts shows it.');
}

interface Story {
  readonly callId: string;
  readonly state: CallState | undefined;
  readonly moments: readonly Moment[];
  readonly isOwned: boolean;
}

function print({ callId, state, moments, isOwned }: Story, { terminal, clock }: InterjectPorts): void {
  terminal.out(`call       ${inOneLine(callId)}`);
  if (state === undefined) {
    terminal.out(`state      ${isOwned ? 'not known any more' : 'not known: no notifier owns it at the moment'}`);
  } else {
    for (const line of headOf(state, clock.now())) terminal.out(line);
  }
  const first = moments[0]?.at;
  for (const { at, what, text } of moments) {
    const offset = `+${((at - (first ?? at)) / 1000).toFixed(1)}s`.padStart(9);
    terminal.out(`${timeOf(at)} ${offset}  ${inOneLine(what)}`);
    if (text !== undefined) terminal.out(`${' '.repeat(24)}"${inOneLine(shortened(text))}"`);
  }
}

function headOf(state: CallState, now: number): readonly string[] {
  const { status, since, endedReason, floor, isMuted, toolCalls, utterances } = state;
  const waiting = utterances.filter(({ state: each }) => !FINAL_STATES.has(each));
  const pending = toolCalls.filter(({ state: each }) => each === 'pending');
  const isEnded = status === 'ended';
  const lasted = since === undefined || isEnded ? '' : `, live for ${span(now - since)}`;
  return [
    `status     ${status}${endedReason === undefined ? '' : ` (${inOneLine(endedReason)})`}${lasted}`,
    ...(isEnded ? [] : [`floor      ${floor}`]),
    ...(isMuted === true ? ['speech     muted: npm run interject -- unmute'] : []),
    `pending    ${counted(pending.length, 'tool call')}`,
    `to be said ${counted(waiting.length, 'utterance')}`,
    ...waiting.map(({ utteranceId, state: each, waitsFor }) => {
      return `           ${utteranceId} ${each}${waitsFor === undefined ? '' : `, waits for: ${waitsFor}`}`;
    }),
  ];
}

async function toolCallMoments(
  it: Installation,
  callId: string,
  state: CallState | undefined,
  withTexts: boolean,
): Promise<Moment[]> {
  return Promise.all(
    (state?.toolCalls ?? []).map(async ({ tool, toolCallId, requestedAt }) => {
      const text = withTexts ? await argumentsOf(it, callId, { tool, toolCallId }) : undefined;
      return { at: requestedAt, what: `tool call ${tool} (${toolCallId})`, ...(text === undefined ? {} : { text }) };
    }),
  );
}

function utteranceMoments(utterance: UtteranceState): Moment[] {
  const { utteranceId, source, tool, times, past, state, reason, attempt } = utterance;
  const name = `${source}${tool === undefined ? '' : ` of ${tool}`} ${utteranceId}`;
  const earlier = (past ?? []).flatMap((one) =>
    speechMoments(name, one, `${one.outcome}, attempt ${String(one.attempt)}`),
  );
  const end = FINAL_STATES.has(state) ? `${state}${reason === undefined ? '' : ` (${reason})`}` : undefined;
  const last = speechMoments(attempt > 1 ? `${name} again` : name, times, end);
  return [...earlier, ...last];
}

function speechMoments(name: string, times: SpeechTimes, end: string | undefined): Moment[] {
  const steps: readonly (readonly [number | undefined, string])[] = [
    [times.queuedAt, 'queued'],
    [times.heldAt, 'held'],
    [times.sendingAt, 'sending'],
    [times.sentAt, 'sent'],
    [times.speakingAt, 'speaking'],
    [end === undefined ? undefined : (times.endedAt ?? times.sentAt ?? times.sendingAt ?? times.queuedAt), end ?? ''],
  ];
  return steps.flatMap(([at, what]) => (at === undefined ? [] : [{ at, what: `${what}: ${name}` }]));
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}

function shortened(text: string): string {
  return text.length <= SHOWN_TEXT ? text : `${text.slice(0, SHOWN_TEXT)}...`;
}

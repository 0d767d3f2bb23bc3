import type { Expectation, Scenario } from '../scenario/scenario.types.js';
import { isInjected } from '../speech/speech.types.js';
import type { CallEvent } from '../transcript/transcript.types.js';
import { collectDeliveries } from './answers.js';
import { judgeAnswers, judgeNotOverCaller } from './invariants.js';
import { judgeOrder, judgeStartsAfter } from './moments.js';
import { matches } from './text-match.js';
import { collectUtterances, type SpokenUtterance } from './utterances.js';

type Of<Kind extends Expectation['kind']> = Extract<Expectation, { kind: Kind }>;

/**
 * Judges one call by what the caller heard and what the gateway answered.
 * @param timeFactor how much faster than real the call ran
 * @returns the reasons to fail, none when everything holds
 */
export function judge(scenario: Scenario, events: readonly CallEvent[], timeFactor: number): readonly string[] {
  const { expectations, invariants, behaviour } = scenario;
  const utterances = collectUtterances(events);
  return [
    ...events.filter((event) => event.type === 'step-failed').map((event) => `${event.step}: ${event.problem}`),
    ...expectations.flatMap((expectation) => judgeExpectation(expectation, events, utterances)),
    ...(invariants.notOverCaller ? judgeNotOverCaller(utterances, behaviour, timeFactor) : []),
    ...(invariants.toolCallsAnswered ? judgeAnswers(collectDeliveries(events)) : []),
  ];
}

/** When the time of a `heard` expectation starts: at the tool call, or at the start of a call without one. */
export function expectationStartMs(expectation: Of<'heard'>, events: readonly CallEvent[]): number {
  const { since } = expectation;
  const sent = events
    .filter((event) => event.type === 'tool-calls-sent')
    .find((event) => since === undefined || event.calls.some((call) => call.tool === since));
  return sent?.atMs ?? 0;
}

/** The utterances a `heard` expectation speaks of: those of its voice that fit and were spoken to the end. */
export function fittingUtterances(
  expectation: Of<'heard'>,
  utterances: readonly SpokenUtterance[],
): readonly SpokenUtterance[] {
  return utterances.filter(
    (utterance) =>
      isInjected(utterance.source) === (expectation.from === 'injected') &&
      utterance.outcome === 'finished' &&
      matches(expectation.text, utterance.text),
  );
}

function judgeExpectation(
  expectation: Expectation,
  events: readonly CallEvent[],
  utterances: readonly SpokenUtterance[],
): readonly string[] {
  switch (expectation.kind) {
    case 'heard':
      return judgeHeard(expectation, events, utterances);
    case 'reply':
      return judgeReply(expectation, events);
    case 'context':
      return judgeContext(expectation, events);
    case 'interrupted':
      return judgeInterrupted(expectation, utterances);
    case 'order':
      return judgeOrder(expectation, utterances);
    case 'starts-after':
      return judgeStartsAfter(expectation, events, utterances);
    case 'ended': {
      const reason = events.find((event) => event.type === 'call-ended')?.reason;
      return reason === expectation.reason
        ? []
        : [`expected the end ${expectation.reason}, it was ${reason ?? 'none'}`];
    }
  }
}

function judgeHeard(
  expectation: Of<'heard'>,
  events: readonly CallEvent[],
  utterances: readonly SpokenUtterance[],
): readonly string[] {
  const { text, times, withinMs, since } = expectation;
  const heard = fittingUtterances(expectation, utterances);
  if (heard.length !== times) {
    const also = utterances.filter((u) => u.outcome !== 'finished' && matches(text, u.text)).map((u) => u.outcome);
    const wanted = times === 0 ? 'never to hear' : `to hear ${times === 1 ? 'once' : `${times} times`}`;
    const rest = also.length === 0 ? '' : ` (and ${also.join(', ')})`;
    return [`expected ${wanted} ${show(text)}, heard ${heard.length} times${rest}`];
  }
  if (withinMs === undefined) return [];
  const startMs = expectationStartMs(expectation, events);
  return heard
    .map((utterance) => (utterance.stoppedAtMs ?? Number.POSITIVE_INFINITY) - startMs)
    .filter((tookMs) => tookMs > withinMs)
    .map(
      (tookMs) => `expected ${show(text)} within ${withinMs} ms of ${since ?? 'the tool call'}, it took ${tookMs} ms`,
    );
}

function judgeInterrupted(
  { text, times }: Of<'interrupted'>,
  utterances: readonly SpokenUtterance[],
): readonly string[] {
  const cut = utterances.filter((u) => u.outcome === 'interrupted' && matches(text, u.text)).length;
  if (times !== undefined && cut !== times) {
    return [`expected the caller to interrupt ${show(text)} ${times} times, it was interrupted ${cut} times`];
  }
  if (times !== undefined || cut > 0) return [];
  return [`expected the caller to interrupt ${show(text)}, nothing like it was interrupted`];
}

/** Every answered entry of the tool must fit, and there must be one. */
function judgeReply(expectation: Of<'reply'>, events: readonly CallEvent[]): readonly string[] {
  const { tool, status, result, error } = expectation;
  const deliveries = collectDeliveries(events).filter((d) => tool === undefined || d.tools.includes(tool));
  const of = tool ?? 'a tool call';
  if (deliveries.length === 0) return [`expected an answer to ${of}, it was never called`];
  const wrongStatus = deliveries.filter((delivery) => status !== undefined && delivery.status !== status);
  const reasons = wrongStatus.map(
    (d) => `expected ${of} answered with ${status}, it was ${d.status ?? d.problem ?? 'not'}`,
  );
  if (result === undefined && error === undefined) return reasons;
  const entries = deliveries.flatMap((d) => d.entries).filter((entry) => tool === undefined || entry.tool === tool);
  if (entries.length === 0) return [...reasons, `expected a result or error of ${of}, the answer had none`];
  for (const entry of entries) {
    if (result !== undefined && !fits(result, entry.result)) reasons.push(mismatch(of, 'result', result, entry));
    if (error !== undefined && !fits(error, entry.error)) reasons.push(mismatch(of, 'error', error, entry));
  }
  return reasons;
}

function judgeContext({ text }: Of<'context'>, events: readonly CallEvent[]): readonly string[] {
  const found = events.some((event) => event.type === 'context-added' && matches(text, event.content));
  return found ? [] : [`expected a message with ${show(text)} to be added to the conversation, there was none`];
}

function fits(pattern: string, text: string | undefined): boolean {
  return text !== undefined && matches(pattern, text);
}

function mismatch(
  of: string,
  what: string,
  pattern: string,
  entry: {
    readonly result: string | undefined;
    readonly error: string | undefined;
    readonly problem: string | undefined;
  },
): string {
  const found =
    entry.problem ?? (entry.error === undefined ? `result ${show(entry.result ?? '')}` : `error ${show(entry.error)}`);
  return `expected ${of} answered with a ${what} like ${show(pattern)}, found ${found}`;
}

function show(text: string): string {
  return JSON.stringify(text);
}

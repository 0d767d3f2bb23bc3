import type { FinalState, UndeliveredReason, UtteranceUndelivered } from '@interject/contracts';
import type { CallAction, Settlement } from '../calls/call-actions.types.js';
import type { CallPresence } from '../calls/call-presence.js';
import type { Outbox } from '../calls/outbox.js';
import type { Utterance } from './utterance.js';

/** Writes what becomes of a call's utterances, and knows whether all of it is stored. */
export class SpeechLedger {
  private undelivered: Map<string, UtteranceUndelivered> | undefined;
  private unstored = 0;

  constructor(
    private readonly outbox: Outbox,
    private readonly presence: CallPresence,
  ) {}

  /** True when everything that was written is stored and published. */
  get isSettled(): boolean {
    return this.unstored === 0;
  }

  /** The intent to say it; a later record tells what became of that. */
  sending(utterance: Utterance): void {
    this.append({ kind: 'append', record: utterance.toRecord('sending') });
  }

  /** Its POST was certainly not written, or not accepted: it waits again, for whoever owns the call then. */
  putBack(utterance: Utterance): void {
    utterance.putBack();
    this.append({ kind: 'append', record: utterance.toRecord('sending', false) });
  }

  /** The last record of an utterance. */
  finish(utterance: Utterance, state: FinalState, now: number, reason?: UndeliveredReason): void {
    utterance.state = state;
    utterance.reason = reason;
    utterance.times.endedAt ??= now;
    if (reason !== undefined) this.oweEvent(utterance, reason, now);
    this.append({ kind: 'append', record: utterance.toRecord(state), settlement: settlementOf(utterance, state) });
  }

  /** It did not come through, but will be said again. */
  again(utterance: Utterance, state: 'interrupted' | 'unconfirmed', now: number): void {
    utterance.times.endedAt ??= now;
    this.append({
      kind: 'append',
      record: utterance.toRecord(state, false),
      settlement: settlementOf(utterance, state),
    });
    utterance.requeue(state);
  }

  /** A predecessor recorded it as undelivered or expired, but may have died before the event was published. */
  resumeUndelivered(utterance: Utterance, now: number): void {
    if (utterance.reason === undefined) return;
    this.oweEvent(utterance, utterance.reason, utterance.times.endedAt ?? now);
    this.payEvent(utterance.id);
  }

  /** A record is stored. The event follows the record: the ledger decides, and its append is fenced. */
  recorded(utteranceId: string, state: string): void {
    this.unstored -= 1;
    if (state === 'undelivered' || state === 'expired') this.payEvent(utteranceId);
  }

  published(): void {
    this.unstored -= 1;
  }

  private append(action: CallAction): void {
    this.unstored += 1;
    this.outbox.push(action);
  }

  private oweEvent(utterance: Utterance, reason: UndeliveredReason, at: number): void {
    const { id, callId, source, text, toolCallId, tool, outcome, data, requestedAt } = utterance.content;
    // Nobody follows up on a progress report.
    if (source === 'progress' || source === 'filler') return;
    const endedReason = this.presence.ended?.endedReason;
    this.undelivered ??= new Map();
    this.undelivered.set(id, {
      callId,
      utteranceId: id,
      reason,
      text,
      ...(toolCallId === undefined ? {} : { toolCallId }),
      ...(tool === undefined ? {} : { tool }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(data === undefined ? {} : { data }),
      ...(utterance.content.arguments === undefined ? {} : { arguments: utterance.content.arguments }),
      ...(requestedAt === undefined ? {} : { requestedAt }),
      ...(endedReason === undefined ? {} : { endedReason }),
      at,
    });
  }

  private payEvent(utteranceId: string): void {
    const data = this.undelivered?.get(utteranceId);
    if (data === undefined) return;
    this.undelivered?.delete(utteranceId);
    this.unstored += 1;
    this.outbox.push({ kind: 'publish-undelivered', data });
  }
}

function settlementOf(utterance: Utterance, state: FinalState): Settlement {
  const { tool, outcome, requestedAt } = utterance.content;
  const { heldAt, sendingAt, endedAt } = utterance.times;
  const isHeard = state === 'heard' && requestedAt !== undefined && endedAt !== undefined;
  return {
    state,
    ...(tool === undefined ? {} : { tool }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(isHeard ? { toHeardMs: endedAt - requestedAt } : {}),
    ...(heldAt === undefined || endedAt === undefined ? {} : { heldMs: (sendingAt ?? endedAt) - heldAt }),
  };
}

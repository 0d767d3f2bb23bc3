import { toolCallKey } from '@interject/contracts';
import type {
  CallEnded,
  CallStatusChanged,
  FloorChanged,
  ToolCallFinished,
  ToolCallRequested,
  UtteranceRecord,
} from '@interject/contracts';
import { CallMachine } from '@interject/speech';
import type { CallAction, CallInput, SpeechSettings } from '@interject/speech';
import type { Belief, Policy, PolicyHost } from './policy.types.js';
import { Random } from '../../random/random.js';
import type { Appointment } from '../../agenda.js';

type Post = Extract<CallAction, { kind: 'post' }>;

/** A group-committed append to the utterance log, and a look-up in the broker. */
const APPEND_MS = 2;
const ASK_MS = 3;
/** `GET /call/{id}`, as long as the control URL takes. */
const LOOK_UP_MS = 300;
/** Without `VAPI_API_KEY` Vapi cannot be asked. */
const HAS_KEY_SHARE = 0.5;

/** Ours: the {@link CallMachine} of the notifier itself, its actions answered as the notifier answers them. */
export class InterjectPolicy implements Policy {
  private machine: CallMachine;
  private readonly records = new Map<string, UtteranceRecord>();
  private readonly results = new Map<string, ToolCallFinished>();
  private readonly toolCalls = new Map<string, ToolCallRequested>();
  private readonly hasKey: boolean;
  private wake: Appointment | undefined;
  private isClosed = false;
  private lastStatus: CallStatusChanged | undefined;
  private end: CallEnded | undefined;

  constructor(
    private readonly host: PolicyHost,
    private readonly settings: SpeechSettings,
  ) {
    const { callId, seed, index } = host.script;
    this.machine = new CallMachine(callId, settings);
    this.hasKey = new Random(seed, index, 'api-key').chance(HAS_KEY_SHARE);
  }

  start(): void {
    this.carryOut(this.machine.goLive(this.host.agenda.now));
  }

  toolCall(fact: ToolCallRequested): void {
    this.toolCalls.set(fact.toolCallId, fact);
    this.give({ kind: 'tool-call', fact });
  }

  result(fact: ToolCallFinished): void {
    this.results.set(toolCallKey(fact.callId, fact.toolCallId), fact);
    // The notifier finds a call again that it had forgotten.
    if (this.isClosed) this.reopen();
    this.give({ kind: 'result', fact });
  }

  floor(fact: FloorChanged): void {
    this.give({ kind: 'floor', fact });
  }

  status(fact: CallStatusChanged): void {
    this.lastStatus = fact;
    this.give({ kind: 'status', fact });
  }

  ended(fact: CallEnded): void {
    this.end = fact;
    this.give({ kind: 'ended', fact });
  }

  beliefs(): ReadonlyMap<string, Belief> {
    const known = new Map<string, Belief>();
    for (const record of this.records.values()) {
      if (record.toolCallId === undefined) continue;
      const isFinal = record.state !== 'sending' && record.final !== false;
      known.set(record.toolCallId, { state: record.state, isFinal });
    }
    return known;
  }

  private reopen(): void {
    this.isClosed = false;
    this.machine = new CallMachine(this.host.script.callId, this.settings);
    this.start();
  }

  private give(input: CallInput): void {
    if (!this.isClosed) this.carryOut(this.machine.handle(input, this.host.agenda.now));
  }

  private carryOut(actions: readonly CallAction[]): void {
    for (const action of actions) this.carryOutOne(action);
    const { agenda } = this.host;
    agenda.cancel(this.wake);
    const wakeAt = this.isClosed ? Infinity : this.machine.nextWakeAt();
    if (wakeAt === Infinity) return;
    this.wake = agenda.at(wakeAt, () => {
      this.give({ kind: 'tick' });
    });
  }

  private carryOutOne(action: CallAction): void {
    switch (action.kind) {
      case 'append':
        this.append(action.record);
        return;
      case 'post':
        this.post(action);
        return;
      case 'look-up-call':
        this.answer(LOOK_UP_MS, { kind: 'call-looked-up', answer: this.lookUp() });
        return;
      case 'recall-call':
        this.answer(ASK_MS, {
          kind: 'call-recalled',
          ...(this.lastStatus === undefined ? {} : { status: this.lastStatus }),
          ...(this.end === undefined ? {} : { ended: this.end }),
        });
        return;
      case 'recall-tool-call':
        this.recallToolCall(action.toolCallId);
        return;
      case 'find-claim':
        this.answer(ASK_MS, {
          kind: 'claim-found',
          toolCallId: action.toolCallId,
          claim: action.isClaiming ? 'spoken' : 'none',
        });
        return;
      case 'publish-undelivered':
        this.answer(ASK_MS, { kind: 'published', utteranceId: action.data.utteranceId });
        return;
      case 'close':
        this.isClosed = true;
        return;
      // The rest has no effect on who hears what.
      default:
    }
  }

  private append(record: UtteranceRecord): void {
    const { utteranceId, state } = record;
    this.records.set(utteranceId, record);
    const again = record.final === false ? ', again' : '';
    this.host.note(`ledger: ${record.toolCallId ?? utteranceId} ${state} (attempt ${String(record.attempt)}${again})`);
    this.answer(APPEND_MS, {
      kind: 'recorded',
      utteranceId,
      state,
      isStale: false,
      ...(record.final === undefined ? {} : { final: record.final }),
    });
  }

  private post({ utteranceIds, sendId, message }: Post): void {
    const results = utteranceIds.flatMap((id) => this.results.get(id) ?? []);
    const toolCallIds = results.map(({ toolCallId }) => toolCallId);
    const callerMayInterrupt = message.kind === 'say' ? message.callerMayInterrupt : true;
    const isAtBound = utteranceIds.some((id) => this.isAtBound(this.records.get(id)));
    this.host.note(`POST of ${toolCallIds.join(', ')}${isAtBound ? ' (at the bound of its hold)' : ''}`);
    const texts = results.map(({ text = '' }) => text);
    const { host, machine } = this;
    host.post(
      { toolCallIds, texts, text: message.text, callerMayInterrupt, isAtBound },
      () => machine === this.machine && machine.mayWrite(sendId, host.agenda.now),
      (outcome) => {
        host.note(`POST of ${toolCallIds.join(', ')}: ${outcome}`);
        this.give({ kind: 'post-outcome', sendId, outcome });
      },
    );
  }

  private isAtBound(record: UtteranceRecord | undefined): boolean {
    const { heldAt, sendingAt } = record?.times ?? {};
    if (heldAt === undefined || sendingAt === undefined) return false;
    return sendingAt >= heldAt + this.settings.maxHoldMs;
  }

  private recallToolCall(toolCallId: string): void {
    const fact = this.toolCalls.get(toolCallId);
    this.answer(ASK_MS, { kind: 'tool-call-recalled', toolCallId, ...(fact === undefined ? {} : { fact }) });
  }

  private lookUp(): 'ended' | 'live' | 'unknown' {
    if (!this.hasKey) return 'unknown';
    return this.host.hasEnded() ? 'ended' : 'live';
  }

  private answer(inMs: number, input: CallInput): void {
    this.host.agenda.in(inMs, () => {
      this.give(input);
    });
  }
}

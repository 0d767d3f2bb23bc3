import { sleep } from '../clock/clock.types.js';
import type { CallRegistry } from '../call/call-registry.js';
import type { SimulatedCall } from '../call/simulated-call.js';
import type { ControlPolicy, ControlReply } from './control-answers.types.js';
import { parseControlMessage } from './control-message.js';

/** A POST on a control URL. */
export interface ControlRequest {
  readonly callId: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** How it is answered; `hang-up` drops the connection without an answer. */
export type ControlAnswer =
  | { readonly kind: 'reply'; readonly status: number; readonly body: object | undefined }
  | { readonly kind: 'hang-up'; readonly afterMs: number };

/** Vapi's answer to a call id it does not know, as probed: 400, not 404 (VAPI.md 2.4). */
const UNKNOWN_CALL: ControlReply = { status: 400, body: undefined };
/** A body that Vapi would refuse. */
const UNREADABLE: ControlReply = { status: 400, body: undefined };
const HANG_MS = 30_000;

/** Takes what comes over the control URLs of all calls. */
export class ControlHandler {
  constructor(private readonly calls: CallRegistry) {}

  async handle({ callId, body, authorization }: ControlRequest): Promise<ControlAnswer> {
    const call = this.calls.find(callId);
    if (call === undefined || !call.facts.isControlEnabled) return replyWith(UNKNOWN_CALL, 'Call not found');
    const answer = this.answer(call, body, authorization);
    call.log.record({ type: 'control-received' });
    const waitMs = answer.kind === 'hang-up' ? answer.afterMs : call.behaviour.controlLatencyMs;
    if (waitMs > 0) await sleep(call.clock, waitMs, call.runSignal);
    return answer;
  }

  private answer(call: SimulatedCall, body: unknown, authorization: string | undefined): ControlAnswer {
    const fate = call.faults.control({ atMs: call.clock.nowMs(), authorization });
    if (fate === undefined) return this.apply(call, body);
    const accepted = fate.kind !== 'refused' && fate.accepted;
    const detail = `the control URL ${accepted ? 'accepts, then fails' : 'fails'}`;
    call.log.record({ type: 'fault', name: fate.cause, detail });
    if (accepted) this.apply(call, body);
    switch (fate.kind) {
      case 'refused':
        return replyWith(fate.reply, 'Unauthorized');
      case 'status':
        return replyWith({ status: fate.status, body: undefined }, 'Injected fault');
      case 'hang':
        return { kind: 'hang-up', afterMs: fate.forMs };
    }
  }

  private apply(call: SimulatedCall, body: unknown): ControlAnswer {
    const { success } = call.behaviour.control;
    const parsed = parseControlMessage(body);
    if (!parsed.ok) return refuse(call, UNREADABLE, parsed.problem);
    const { policy, state } = obstacle(call);
    switch (policy.kind) {
      case 'refuse':
        return refuse(call, policy.reply, state);
      case 'hang':
        call.log.record({ type: 'control-refused', status: undefined, problem: state });
        return { kind: 'hang-up', afterMs: HANG_MS };
      case 'drop':
        call.dropControl(parsed.message, state);
        return replyWith(success);
      case 'take-effect':
        call.control(parsed.message);
        return replyWith(success);
    }
  }
}

/** What a message meets in the present state of the call (VAPI.md 7, question 1). */
function obstacle({ behaviour, status }: SimulatedCall): { readonly policy: ControlPolicy; readonly state: string } {
  const { ended, forwarding, ringing } = behaviour.control;
  switch (status) {
    case 'ended':
      return { policy: ended, state: 'the call has ended' };
    case 'forwarding':
      return { policy: forwarding, state: 'the call is being forwarded' };
    case 'queued':
    case 'ringing':
      return { policy: ringing, state: 'the call is not answered yet' };
    case 'in-progress':
      return { policy: { kind: 'take-effect' }, state: 'the call is up' };
  }
}

function refuse(call: SimulatedCall, reply: ControlReply, problem: string): ControlAnswer {
  call.log.record({ type: 'control-refused', status: reply.status, problem });
  return replyWith(reply, problem);
}

/** 204 and 304 have no body. */
function replyWith({ status, body }: ControlReply, message?: string): ControlAnswer {
  const usual = message === undefined ? {} : { statusCode: status, message };
  return { kind: 'reply', status, body: status === 204 || status === 304 ? undefined : (body ?? usual) };
}

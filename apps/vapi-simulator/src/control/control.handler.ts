import { sleep } from '../clock/clock.types.js';
import type { CallRegistry } from '../call/call-registry.js';
import type { SimulatedCall } from '../call/simulated-call.js';
import { parseControlMessage } from './control-message.js';

/** A POST on a control URL. */
export interface ControlRequest {
  readonly callId: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** How it is answered; `hang-up` drops the connection without an answer. */
export type ControlAnswer =
  { readonly kind: 'reply'; readonly status: number; readonly body: object } | { readonly kind: 'hang-up' };

/** Vapi's answer to a call id it does not know, as probed: 400, not 404 (VAPI.md 2.4). */
const UNKNOWN_CALL_STATUS = 400;

/** Takes what comes over the control URLs of all calls. */
export class ControlHandler {
  constructor(private readonly calls: CallRegistry) {}

  async handle({ callId, body, authorization }: ControlRequest): Promise<ControlAnswer> {
    const call = this.calls.find(callId);
    if (call === undefined) return refuse(UNKNOWN_CALL_STATUS, 'Call not found');
    const fate = call.faults.control({ atMs: call.clock.nowMs(), authorization });
    if (fate === undefined) {
      const answer = this.apply(call, body);
      call.log.record({ type: 'control-received' });
      return answer;
    }
    const detail = `the control URL ${fate.accepted ? 'accepts, then fails' : 'fails'}`;
    call.log.record({ type: 'fault', name: fate.cause, detail });
    if (fate.accepted) this.apply(call, body);
    call.log.record({ type: 'control-received' });
    if (fate.kind === 'status') return refuse(fate.status, 'Injected fault');
    await sleep(call.clock, fate.forMs, call.runSignal);
    return { kind: 'hang-up' };
  }

  private apply(call: SimulatedCall, body: unknown): ControlAnswer {
    const { acceptedStatus, refusedStatus } = call.behaviour;
    const parsed = parseControlMessage(body);
    const problem = call.status === 'ended' ? 'the call has ended' : parsed.ok ? undefined : parsed.problem;
    if (problem !== undefined || !parsed.ok) {
      const status = call.status === 'ended' ? refusedStatus : 400;
      call.log.record({ type: 'control-refused', status, problem: problem ?? 'unreadable' });
      return refuse(status, problem ?? 'unreadable');
    }
    call.control(parsed.message);
    return { kind: 'reply', status: acceptedStatus, body: {} };
  }
}

function refuse(status: number, message: string): ControlAnswer {
  return { kind: 'reply', status, body: { statusCode: status, message } };
}

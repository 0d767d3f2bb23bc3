import type { CancelTimer, Clock } from '../clock/clock.types.js';
import type { CallLog } from '../transcript/call-log.js';
import type { FaultSwitches } from './faults.types.js';

/** What this fault needs of a call. */
export interface EndableCall {
  readonly clock: Clock;
  readonly log: CallLog;
  end(reason: string): void;
}

/** Ends a call at a call time, or some time after its first tool calls, whichever is first. */
export function armEndCallEarly(
  { atMs, afterToolCallMs, reason }: NonNullable<FaultSwitches['endCallEarly']>,
  call: EndableCall,
): CancelTimer {
  const cancels: CancelTimer[] = [];
  const endIn = (delayMs: number): void => {
    const end = (): void => {
      call.log.record({ type: 'fault', name: 'endCallEarly', detail: 'the call ends' });
      call.end(reason);
    };
    cancels.push(call.clock.after(delayMs, end));
  };
  if (atMs !== undefined) endIn(atMs - call.clock.nowMs());
  if (afterToolCallMs !== undefined) {
    const unlisten = call.log.listen((event) => {
      if (event.type !== 'tool-calls-sent') return;
      unlisten();
      endIn(afterToolCallMs);
    });
    cancels.push(unlisten);
  }
  return () => cancels.forEach((cancel) => cancel());
}

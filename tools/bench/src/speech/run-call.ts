import type { Belief, PolicyFactory } from './policies/policy.types.js';
import { Random } from '../random/random.js';
import { CALL_START, drawScript } from './world/call-script.js';
import type { WorldOptions } from './world/call-script.js';
import type { CallScript, ScriptedResult } from './world/call-script.js';
import type { EventFate } from './world/floor-wire.js';
import type { Send } from './world/control-url.js';
import { SimulatedCall } from './world/simulated-call.js';
import type { SoundTrack } from './world/sound-track.js';

/** What the gateway makes of a webhook, and the broker hands on. */
const FACT_MS = 5;
/** VAPI.md 1.4: `ended` came 1.58 s after the hang-up. */
const ENDED_AFTER_MS = 1580;
/** Whatever is not settled by then, never will be. */
const SETTLED_AFTER_MS = 150_000;

export interface Note {
  readonly at: number;
  readonly text: string;
}

/** Everything that happened in one call under one policy. */
export interface CallRun {
  readonly script: CallScript;
  readonly track: SoundTrack;
  readonly sends: readonly Send[];
  readonly events: readonly EventFate[];
  readonly beliefs: ReadonlyMap<string, Belief>;
  readonly notes: readonly Note[];
  readonly endedAt: number;
}

export function runCall(world: WorldOptions, index: number, factory: PolicyFactory): CallRun {
  const script = drawScript(world, index);
  const { seed } = world;
  const notes: Note[] = [];
  const { callId } = script;
  const call = new SimulatedCall(
    script,
    (fact) => {
      policy.floor(fact);
    },
    () => {
      const lag = ENDED_AFTER_MS + new Random(seed, index, 'ended').uniform(51, 93);
      const at = Math.round(agenda.now + ENDED_AFTER_MS);
      agenda.in(lag, () => {
        note('the end of the call is known');
        policy.ended({ callId, endedReason: 'customer-ended-call', at });
      });
    },
  );
  const { agenda, control } = call;
  const note = (text: string): void => void notes.push({ at: agenda.now, text });
  const hasEnded = (): boolean => call.endedAt !== Infinity;
  const policy = factory({ script, agenda, note, hasEnded, post: control.post.bind(control) });
  policy.start();
  policy.status({ callId, status: 'in-progress', at: CALL_START });
  for (const result of script.results) planResult(agenda, script, result, policy, note);
  agenda.runUntil(script.hangUpAt + SETTLED_AFTER_MS);
  const { track, wire, endedAt } = call;
  return { script, track, sends: control.sends, events: wire.fates, beliefs: policy.beliefs(), notes, endedAt };
}

function planResult(
  agenda: SimulatedCall['agenda'],
  { callId }: CallScript,
  { toolCallId, requestedAt, at, text }: ScriptedResult,
  policy: ReturnType<PolicyFactory>,
  note: (text: string) => void,
): void {
  const tool = 'report';
  agenda.at(requestedAt + FACT_MS, () => {
    policy.toolCall({
      callId,
      toolCallId,
      tool,
      arguments: {},
      mode: 'async',
      requestedAt,
      graceMs: 0,
      queueExpiryMs: 120_000,
      watchdogMs: 300_000,
      onCallEnded: 'finish',
    });
  });
  agenda.at(at + FACT_MS, () => {
    note(`result of ${toolCallId} is there`);
    policy.result({ callId, toolCallId, tool, outcome: 'succeeded', text, attempts: 1, requestedAt, at });
  });
}

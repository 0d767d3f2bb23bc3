import { DEFAULT_CONTROL_ANSWERS } from '../scenario/control-answers-parser.js';
import { controlAuthentication, controlErrors, controlHang, type KeyAnswers } from './control-faults.js';
import { reorderWebhooks } from './delivery-faults.js';
import { FaultPlan } from './fault-plan.js';
import type { Fault, FaultSwitches } from './faults.types.js';
import { lateRender, silentDrop } from './render-faults.js';
import {
  lateSpeechUpdate,
  loseSpeechStopped,
  loseSpeechUpdate,
  noSpeechEvents,
  shedSpeechUpdates,
  userInterrupted,
} from './speech-event-faults.js';

/** The faults that are switched on, with fresh counters: one plan for each call. */
export function planFaults(
  switches: FaultSwitches,
  publicKey: string | undefined,
  answers: KeyAnswers = DEFAULT_CONTROL_ANSWERS,
): FaultPlan {
  const faults: Fault[] = [];
  // Authentication is asked first: Vapi looks at the key before anything else can go wrong.
  if (switches.controlAuthentication) faults.push(controlAuthentication(publicKey ?? '', answers));
  if (switches.controlHang) faults.push(controlHang(switches.controlHang));
  if (switches.controlErrors) faults.push(controlErrors(switches.controlErrors));
  if (switches.silentDrop) faults.push(silentDrop(switches.silentDrop));
  if (switches.lateRender) faults.push(lateRender(switches.lateRender));
  if (switches.noSpeechEvents) faults.push(noSpeechEvents());
  if (switches.shedSpeechUpdates) faults.push(shedSpeechUpdates(switches.shedSpeechUpdates));
  if (switches.loseSpeechStopped) faults.push(loseSpeechStopped(switches.loseSpeechStopped));
  if (switches.loseSpeechUpdate) faults.push(loseSpeechUpdate(switches.loseSpeechUpdate));
  if (switches.lateSpeechUpdate) faults.push(lateSpeechUpdate(switches.lateSpeechUpdate));
  if (switches.userInterrupted) faults.push(userInterrupted(switches.userInterrupted));
  if (switches.reorderWebhooks) faults.push(reorderWebhooks(switches.reorderWebhooks));
  return new FaultPlan(faults);
}

import { randomUUID } from 'node:crypto';
import { announcementKey, MAX_SPEECH_TEXT } from '@interject/contracts';
import type { SpeechPlan } from '@interject/contracts';
import { inOneLine } from '../../printable.js';
import { UsageError } from '../../usage.errors.js';
import { FINAL_STATES } from '../call-state.types.js';
import type { UtteranceState } from '../call-state.types.js';
import { checkCallId, NO_OWNER } from '../installation.js';
import type { Installation } from '../installation.js';
import { pause } from '../interject-ports.js';
import type { InterjectPorts } from '../interject-ports.js';

export interface SayOptions {
  readonly interrupt?: boolean;
  readonly silent?: boolean;
  readonly waitSeconds: string;
}

const LOOK_EVERY_MS = 250;
const MAX_WAIT_SECONDS = 3600;

/** `say <id> "text"`: an announcement, and what became of it. */
export async function say(
  it: Installation,
  id: string,
  text: string,
  options: SayOptions,
  ports: InterjectPorts,
): Promise<void> {
  const callId = checkCallId(id);
  checkText(text);
  const waitMs = Number(options.waitSeconds) * 1000;
  if (!(waitMs >= 0 && waitMs <= MAX_WAIT_SECONDS * 1000)) {
    throw new UsageError(`--wait-seconds must be a number from 0 to ${String(MAX_WAIT_SECONDS)}.`);
  }
  const announcementId = `operator-${randomUUID()}`;
  const utteranceId = announcementKey(callId, announcementId);
  await admit(it, callId, utteranceId);
  const { publisher } = it.operator;
  const speech = planOf(options);
  const at = ports.clock.now();
  await publisher.publish(
    publisher.events.announcement({ callId, announcementId, text, at, ...(speech === undefined ? {} : { speech }) }),
  );
  ports.terminal.out(`accepted: utterance ${utteranceId}`);
  const isSilent = options.silent === true;
  if (waitMs > 0) await follow(it, { callId, utteranceId, isSilent, waitMs }, ports);
}

function checkText(text: string): void {
  if (text.length > MAX_SPEECH_TEXT) {
    throw new UsageError(`The text may have ${String(MAX_SPEECH_TEXT)} characters, it has ${String(text.length)}.`);
  }
  if (!/[\p{L}\p{N}]/u.test(text)) throw new UsageError('The text must hold something that can be said.');
}

function planOf({ interrupt, silent }: SayOptions): SpeechPlan | undefined {
  if (interrupt === true && silent === true) throw new UsageError('Give --interrupt or --silent, not both.');
  if (interrupt === true) return { timing: 'interrupt', class: 'urgent' };
  return silent === true ? { wording: 'silent' } : undefined;
}

/** Asks the owner for a place, as the gateway does for backend services. */
async function admit(it: Installation, callId: string, utteranceId: string): Promise<void> {
  const answer = await it.call(callId, { admit: utteranceId });
  const name = inOneLine(callId);
  if (answer.kind === 'no-owner') throw new UsageError(`For the partition of ${name} ${NO_OWNER}`);
  if (answer.kind === 'unknown') {
    throw new UsageError(`There is no live call ${name}: npm run interject -- calls lists them.`);
  }
  const { admission, status } = answer.state;
  if (admission === 'full') throw new UsageError(`Too much waits to be said in ${name}. Try again later.`);
  if (admission === 'ended' || status === 'ended') {
    throw new UsageError(`The call ${name} has ended: nothing can be said in it any more.`);
  }
}

interface Followed {
  readonly callId: string;
  readonly utteranceId: string;
  readonly isSilent: boolean;
  readonly waitMs: number;
}

async function follow(
  it: Installation,
  { callId, utteranceId, isSilent, waitMs }: Followed,
  { clock, terminal }: InterjectPorts,
): Promise<void> {
  const deadline = clock.monotonic() + waitMs;
  let told = '';
  while (clock.monotonic() < deadline) {
    const answer = await it.call(callId);
    const utterances = 'state' in answer ? answer.state.utterances : [];
    const utterance = utterances.find((each) => each.utteranceId === utteranceId);
    const line = utterance === undefined ? '' : lineOf(utterance);
    if (line !== told && line !== '') terminal.out(line);
    told = line === '' ? told : line;
    if (utterance !== undefined && FINAL_STATES.has(utterance.state)) {
      if (!isDone(utterance, isSilent)) terminal.fail();
      return;
    }
    await pause(clock, LOOK_EVERY_MS);
  }
  terminal.error(`It is not known yet what becomes of it: npm run interject -- call ${inOneLine(callId)}`);
  terminal.fail();
}

/** A silent message makes no sound that could be heard: that it was taken is all there is to know. */
function isDone({ state, times }: UtteranceState, isSilent: boolean): boolean {
  return state === 'heard' || (isSilent && state === 'unconfirmed' && times.sentAt !== undefined);
}

function lineOf({ state, reason, waitsFor, attempt }: UtteranceState): string {
  const again = attempt > 1 ? `, attempt ${String(attempt)}` : '';
  if (reason !== undefined) return `${state}: ${reason}`;
  return `${state}${waitsFor === undefined ? '' : `, waits for: ${waitsFor}`}${again}`;
}

import { counted } from '../../table.js';
import { inOneLine } from '../../printable.js';
import { UsageError } from '../../usage.errors.js';
import { checkCallId, NO_OWNER } from '../installation.js';
import type { Installation } from '../installation.js';
import { pause } from '../interject-ports.js';
import type { InterjectPorts } from '../interject-ports.js';
import { muteAll, muteCall, readMute, unmuteAll, unmuteCall } from './mute-orders.js';

export interface MuteOptions {
  readonly reason?: string;
}

/** It takes a moment until every notifier has heard of it; longer than this, and one is cut off. */
const IN_EFFECT_WITHIN_MS = 2500;
const LOOK_EVERY_MS = 50;
const MAX_REASON = 200;

/** `mute <id|all>`: nothing new is said from now on. */
export async function mute(it: Installation, whom: string, options: MuteOptions, ports: InterjectPorts): Promise<void> {
  const { reason } = options;
  if (reason !== undefined && reason.length > MAX_REASON) {
    throw new UsageError(`--reason may have ${String(MAX_REASON)} characters.`);
  }
  const order = { at: ports.clock.now(), ...(reason === undefined ? {} : { reason }) };
  const startedAt = ports.clock.monotonic();
  if (whom === 'all') {
    await muteAll(it, order);
    await confirmAll(it, true, startedAt, ports);
    return;
  }
  const callId = checkCallId(whom);
  const answer = await it.call(callId);
  if (answer.kind === 'unknown') {
    throw new UsageError(`There is no live call ${inOneLine(callId)}: npm run interject -- calls lists them.`);
  }
  if ('state' in answer && answer.state.status === 'ended') {
    throw new UsageError(`The call ${inOneLine(callId)} has ended: nothing is said in it any more.`);
  }
  await muteCall(it, { ...order, callId });
  await confirmCall(it, callId, true, startedAt, ports);
}

/** `unmute <id|all>`: what has waited is said now. */
export async function unmute(it: Installation, whom: string, ports: InterjectPorts): Promise<void> {
  const startedAt = ports.clock.monotonic();
  if (whom === 'all') {
    if (!(await unmuteAll(it))) {
      ports.terminal.out('Nothing was muted.');
      return;
    }
    await confirmAll(it, false, startedAt, ports);
    return;
  }
  const callId = checkCallId(whom);
  if (!(await unmuteCall(it, callId))) {
    ports.terminal.out(`The call ${inOneLine(callId)} was not muted on its own.`);
  } else if ((await readMute(it)).all === undefined) {
    await confirmCall(it, callId, false, startedAt, ports);
  }
  if ((await readMute(it)).all !== undefined) {
    ports.terminal.error('All calls are muted still: npm run interject -- unmute all');
    ports.terminal.fail();
  }
}

async function confirmAll(it: Installation, isMuted: boolean, startedAt: number, ports: InterjectPorts): Promise<void> {
  const { clock, terminal } = ports;
  for (;;) {
    const answers = await it.askAll({ list: 0 });
    const heard = answers.filter((answer) => answer?.mute.all === isMuted && (isMuted || answer.mute.calls === 0));
    const late = clock.monotonic() - startedAt > IN_EFFECT_WITHIN_MS;
    if (heard.length === it.partitions || late) {
      const ms = String(Math.round(clock.monotonic() - startedAt));
      const how = isMuted ? 'Muted: nothing new is said in any call' : 'Unmuted: what has waited is said now';
      if (heard.length === it.partitions) {
        terminal.out(`${how}. Every notifier has it, after ${ms} ms.`);
        return;
      }
      const missing = it.partitions - heard.length;
      terminal.error(
        `It is stored, and holds for every notifier that reads it. ${counted(missing, 'partition')} of ` +
          `${String(it.partitions)} have not shown it yet: ${NO_OWNER}`,
      );
      terminal.fail();
      return;
    }
    await pause(clock, LOOK_EVERY_MS);
  }
}

async function confirmCall(
  it: Installation,
  callId: string,
  isMuted: boolean,
  startedAt: number,
  { clock, terminal }: InterjectPorts,
): Promise<void> {
  while (clock.monotonic() - startedAt < IN_EFFECT_WITHIN_MS) {
    const answer = await it.call(callId);
    // An ended call says nothing either way.
    const isShown = answer.kind === 'live' && (answer.state.isMuted === true) === isMuted;
    if (isShown || answer.kind === 'summary' || (!isMuted && answer.kind === 'unknown')) {
      const how = isMuted ? 'Muted: nothing new is said in' : 'Unmuted: what has waited is said now in';
      terminal.out(`${how} ${inOneLine(callId)}. Its notifier has it, after ${ms(clock.monotonic() - startedAt)} ms.`);
      return;
    }
    await pause(clock, LOOK_EVERY_MS);
  }
  terminal.error(`It is stored, and holds for every notifier that reads it; for its partition ${NO_OWNER}`);
  terminal.fail();
}

function ms(value: number): string {
  return String(Math.round(value));
}

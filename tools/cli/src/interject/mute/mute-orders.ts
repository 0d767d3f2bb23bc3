import {
  Buckets,
  isContractError,
  MAX_MUTED_CALLS,
  MUTED_CALL_KEPT_MS,
  MutedCalls,
  MuteKeys,
  MuteOrder,
  parseJson,
} from '@interject/contracts';
import type { MutedCall } from '@interject/contracts';
import { isWriteConflict } from '@interject/messaging';
import type { KvEntry } from '@interject/messaging';
import { inOneLine } from '../../printable.js';
import { span } from '../../table.js';
import { UsageError } from '../../usage.errors.js';
import type { Installation } from '../installation.js';

/** Who is muted, as it is stored. */
export interface Mute {
  readonly all?: MuteOrder;
  readonly calls: readonly MutedCall[];
}

/** Somebody else writes the list at the same time: so often it is tried again. */
const TRIES = 5;

/** @throws MessagingError */
export async function readMute(it: Installation): Promise<Mute> {
  const settings = it.operator.kv.bucket(Buckets.Settings);
  const [all, calls] = await Promise.all([settings.get(MuteKeys.all), settings.get(MuteKeys.calls)]);
  return { ...(all === undefined ? {} : { all: orderIn(all) }), calls: callsIn(calls) };
}

/** What people are told of it; nothing when nobody is muted. */
export function muteText({ all, calls }: Mute, now: number): readonly string[] {
  const why = (order: MuteOrder): string =>
    `for ${span(now - order.at)}${order.reason === undefined ? '' : ` (${inOneLine(order.reason)})`}`;
  return [
    ...(all === undefined ? [] : [`SPEECH IS MUTED in all calls ${why(all)}: npm run interject -- unmute all`]),
    ...calls.map((call) => `muted on its own: ${inOneLine(call.callId)} ${why(call)}`),
  ];
}

/** Mutes all calls. @throws MessagingError */
export async function muteAll(it: Installation, order: MuteOrder): Promise<void> {
  await it.operator.kv.bucket(Buckets.Settings).put(MuteKeys.all, JSON.stringify(order));
}

/** @returns whether it was muted @throws MessagingError */
export async function unmuteAll(it: Installation): Promise<boolean> {
  const settings = it.operator.kv.bucket(Buckets.Settings);
  const before = await readMute(it);
  if (before.all !== undefined) await settings.delete(MuteKeys.all);
  if (before.calls.length > 0) await changeCalls(it, () => []);
  return before.all !== undefined || before.calls.length > 0;
}

/** @throws UsageError when too many calls are muted on their own, MessagingError */
export async function muteCall(it: Installation, order: MutedCall): Promise<void> {
  await changeCalls(it, (calls) => {
    const others = calls.filter(({ callId, at }) => callId !== order.callId && order.at - at < MUTED_CALL_KEPT_MS);
    if (others.length >= MAX_MUTED_CALLS) {
      throw new UsageError(
        `${String(MAX_MUTED_CALLS)} calls are muted on their own already: mute all, or unmute some.`,
      );
    }
    return [...others, order];
  });
}

/** @returns whether it was muted on its own @throws MessagingError */
export async function unmuteCall(it: Installation, callId: string): Promise<boolean> {
  const { calls } = await readMute(it);
  if (!calls.some((call) => call.callId === callId)) return false;
  await changeCalls(it, (now) => now.filter((call) => call.callId !== callId));
  return true;
}

async function changeCalls(
  it: Installation,
  change: (calls: readonly MutedCall[]) => readonly MutedCall[],
): Promise<void> {
  const settings = it.operator.kv.bucket(Buckets.Settings);
  for (let tries = 1; ; tries += 1) {
    const entry = await settings.get(MuteKeys.calls);
    const list = JSON.stringify({ calls: change(callsIn(entry)) });
    try {
      if (entry === undefined) await settings.create(MuteKeys.calls, list);
      else await settings.update(MuteKeys.calls, list, entry.revision);
      return;
    } catch (error) {
      if (!isWriteConflict(error) || tries === TRIES) throw error;
    }
  }
}

/** The key decides, whatever the entry holds. */
function orderIn({ value, storedAt }: KvEntry): MuteOrder {
  try {
    return parseJson(MuteOrder, value);
  } catch (error) {
    if (!isContractError(error)) throw error;
    return { at: storedAt };
  }
}

function callsIn(entry: KvEntry | undefined): readonly MutedCall[] {
  return entry === undefined ? [] : parseJson(MutedCalls, entry.value).calls;
}

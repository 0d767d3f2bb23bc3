import { TROUBLE } from '../world/call-script.js';
import type { WorldOptions } from '../world/call-script.js';
import { CONTROL } from '../world/control-url.js';
import { EVENT_TROUBLE } from '../world/floor-wire.js';

/** Printed too: no paper gives these for calls with a voice assistant, and the latency hangs on them. */
export function turnTakingAssumptions({ trouble, replyMs }: Pick<WorldOptions, 'trouble' | 'replyMs'>): string[] {
  const percentOf = (share: number): string => `${String(Math.round(share * trouble * 1000) / 10)} %`;
  return [
    `assumed, not from papers: the assistant answers after ${String(replyMs)} ms in the median, the caller answers 60 % of its`,
    '  turns and else waits for the result, 10 % of the callers are chatty;',
    `trouble x ${String(trouble)}: ${percentOf(TROUBLE.blindShare)} of the calls show no speech events, else ` +
      `${percentOf(EVENT_TROUBLE.lostShare)} of them are lost and ${percentOf(EVENT_TROUBLE.lateShare)} late;`,
    `  ${percentOf(CONTROL.usual.dropped)} of says are dropped and ${percentOf(CONTROL.usual.slow)} slow, more on ` +
      `${percentOf(TROUBLE.badLineShare)} of the calls`,
  ];
}

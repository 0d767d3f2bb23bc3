import { availableParallelism, loadavg } from 'node:os';
import type { PipelineOptions } from '../pipeline-options.js';
import { WEBHOOK_BYTES } from '../load/webhook-bodies.js';
import { FLOOD_SCENE } from '../measure/run-system.js';
import type { PipelineSystem } from '../system.types.js';

/** Printed above every table: what was measured, and what was made easy. */
export function pipelineAssumptions(options: PipelineOptions, systems: readonly PipelineSystem[]): string[] {
  const { rates, rounds, seed, keepsConnections, floodRate, search } = options;
  return [
    `${String(rounds)} round(s), ${rates.map((rate) => `${String(rate)}/s`).join(', ')}, seed "${seed}"; open loop: Poisson arrivals fixed beforehand,`,
    '  latency from the moment a tool call is due to the first byte of its POST at the control URL;',
    `  webhooks of ${String(WEBHOOK_BYTES)} bytes, one result for each live call, all calls made known before the clock starts;`,
    `  the control URLs answer at once, ${keepsConnections ? 'keep' : 'close'} connections${keepsConnections ? '' : ' as Vapi does'}, and never speak: after 2 s instead of 12 the`,
    '  notifier notes that nobody knows whether it was heard (SPEECH_CONFIRM_MS), and adds no silent message (onUnconfirmed: drop);',
    '  CPU includes those records; what a process uses when idle is subtracted and shown; load and sink share the machine.',
    ...(floodRate === 0
      ? []
      : [
          `  flood: ${String(floodRate)} speech updates a second of ${String(FLOOD_SCENE.calls)} other live calls (the floor drops them after parsing);`,
        ]),
    ...(search === undefined
      ? []
      : [
          `  sustained: ${String(search.share * 100)} % POSTed within ${String(search.boundMs)} ms, also in the last quarter of ${String(search.seconds)} s.`,
        ]),
    ...busyLines(),
    ...systems.map(({ name, about }) => `  ${name}: ${about}`),
    '',
  ];
}

/** Share of the machine that others may use before figures become noise. */
const BUSY_SHARE = 0.25;

function busyLines(): string[] {
  const [lastMinute = 0] = loadavg();
  if (lastMinute <= BUSY_SHARE * availableParallelism()) return [];
  return [
    `  THE MACHINE IS BUSY (load average ${lastMinute.toFixed(1)} on ${String(availableParallelism())} CPUs): times and rates are noise, CPU is a hint.`,
  ];
}

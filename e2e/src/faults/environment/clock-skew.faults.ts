import { faketimeObstacle, skewedClock } from '../../harness/faketime.js';
import type { Fault, FaultStage, ServiceKind } from '../fault.types.js';
import type { Replica } from '../system/replica.js';

const SKEW_MS = 30_000;
/** Between the last line's time and the exit of its process. */
const TOLERANCE_MS = 3000;
/**
 * Shorter than the skew, each of them: a wall clock that is compared with another one's shows at once, as `expired` or
 * `timed-out`. The watchdog of such a tool fires 26 s after its request.
 */
const SHORT_TIMES = {
  queueExpiryMs: 8000,
  timeoutMs: 4000,
  retry: { attempts: 2, backoffMs: 200 },
  speech: { expiresInMs: 20_000 },
};

/** Skew of a process, ms. */
type Clocks = (kind: ServiceKind, index: number) => number;

/** How far the clock of a process is from this one's: the last thing that it prints is that it has stopped. */
async function skewOf(replica: Replica): Promise<number | undefined> {
  await replica.stop();
  const stoppedAt = Date.now();
  const last = replica.output.trimEnd().split('\n').at(-1) ?? '';
  const time = /"time":"([^"]+)"/.exec(last)?.[1];
  return time === undefined ? undefined : Date.parse(time) - stoppedAt;
}

function skewFault(name: string, about: string, clocks: Clocks, isShort = false): Fault {
  const found = new WeakMap<FaultStage, string[]>();
  return {
    name,
    about,
    isShort,
    obstacle: faketimeObstacle,
    ground: () =>
      Promise.resolve({
        environment: (kind, index) => skewedClock(clocks(kind, index)),
        tools: SHORT_TIMES,
      }),
    async inject(stage) {
      const { system, dice } = stage;
      const complaints: string[] = [];
      found.set(stage, complaints);
      // What a process stored is read by another one with another clock.
      for (const kind of dice.shuffle<ServiceKind>(['notifier', 'worker'])) {
        const replica = system.pick(kind, dice);
        stage.strike(kind, `kill -9 of ${replica.title}`);
        await replica.kill();
        await replica.revive();
        stage.note(`${replica.title} is back`);
        await stage.sleep(dice.between(3000, 4000));
      }
      for (const kind of ['gateway', 'worker', 'notifier'] as const) {
        const replica = system.pick(kind, dice);
        stage.strike(kind, `clean restart of ${replica.title}`);
        const skew = await skewOf(replica);
        const wanted = clocks(kind, replica.index);
        stage.note(`the clock of ${replica.title} is ${String(skew)} ms off`);
        if (skew === undefined || Math.abs(skew - wanted) > TOLERANCE_MS) {
          complaints.push(`${replica.title} runs ${String(skew)} ms off instead of ${String(wanted)}`);
        }
        await replica.revive();
        await stage.sleep(1000);
      }
    },
    complaints: (_account, stage) => found.get(stage) ?? ['the clocks were not looked at'],
  };
}

const [AHEAD, BEHIND] = [SKEW_MS, -SKEW_MS];

/** Wall clocks of services that are half a minute off, in processes whose timers are right. */
export const CLOCK_SKEW_FAULTS: readonly Fault[] = [
  skewFault(
    'clock-skew-spread',
    'gateways are 30 s ahead, workers 30 s behind, one notifier ahead and one behind',
    (kind, index) => ({ gateway: AHEAD, worker: BEHIND, notifier: index % 2 === 0 ? AHEAD : BEHIND })[kind],
    true,
  ),
  skewFault('clock-skew-worker-ahead', 'workers and notifiers are 30 s ahead, gateways 30 s behind', (kind) =>
    kind === 'gateway' ? BEHIND : AHEAD,
  ),
  skewFault('clock-skew-mixed', 'of each service one process is 30 s ahead and one 30 s behind', (_kind, index) =>
    index % 2 === 0 ? AHEAD : BEHIND,
  ),
];

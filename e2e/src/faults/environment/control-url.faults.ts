import type { Account } from '../account/account.types.js';
import type { Fault, FaultStage } from '../fault.types.js';
import type { Dice } from '../run/dice.js';
import type { ControlPost, ControlReaction } from '../vapi/vapi.types.js';

/** How long the control URLs of some calls are sick. */
const SICK_MS = 6000;
/** Of a hundred calls; the others are healthy, and must not notice. */
const SICK_PERCENT = 40;
/** Longest delay of a healthy call's result, job and wait for a quiet moment apart. */
const HEALTHY_WITHIN_MS = 2500;

/** What is wrong with a POST; drawn for each. */
type Sickness = (dice: Dice, post: ControlPost) => ControlReaction | undefined;

interface SickFault {
  readonly name: string;
  readonly about: string;
  readonly sickness: Sickness;
  readonly isShort?: boolean;
}

/** The same calls are sick from the first to the last of their POSTs. */
function isSick(stage: FaultStage, callId: string): boolean {
  return stage.dice.for(callId).percent(SICK_PERCENT);
}

/** Longest time that a result of a healthy call took, of those that were said while others were sick. */
function healthyDelays(account: Account, stage: FaultStage): number[] {
  const [strike] = account.strikes;
  if (strike === undefined) return [];
  const until = strike.until ?? strike.at;
  return account.entries.flatMap(({ callId, askedAt, delayMs, fate }) =>
    fate === 'said' && delayMs !== undefined && askedAt >= strike.at && askedAt <= until && !isSick(stage, callId)
      ? [delayMs]
      : [],
  );
}

function controlFault({ name, about, sickness, isShort = false }: SickFault): Fault {
  return {
    name,
    about,
    isShort,
    async inject(stage) {
      const { control } = stage.crowd;
      const dice = stage.dice.for('sickness');
      const strike = stage.strike('vapi', about);
      control.react = (post) => (isSick(stage, post.callId) ? sickness(dice, post) : undefined);
      try {
        await stage.sleep(SICK_MS);
      } finally {
        control.react = () => undefined;
        strike.until = performance.now();
      }
    },
    // How late the sick ones are is Vapi's doing: what is judged is that each comes to its end, once.
    bounds: { goesOnWithinMs: 15_000 },
    complaints(account, stage) {
      const delays = healthyDelays(account, stage).sort((a, b) => a - b);
      const [p50, worst] = [delays[Math.floor(delays.length / 2)], delays.at(-1)];
      if (worst === undefined || p50 === undefined) return ['no healthy call was served meanwhile'];
      stage.note(
        `healthy calls meanwhile: ${String(delays.length)}, p50 ${p50.toFixed(0)} ms, worst ${worst.toFixed(0)} ms`,
      );
      const allowed = HEALTHY_WITHIN_MS * stage.slack;
      return worst > allowed ? [`a healthy call waited ${worst.toFixed(0)} ms while others were sick`] : [];
    },
  };
}

const slow: Sickness = (dice) => ({ takesEffect: true, delayMs: dice.between(2000, 8000) });
/** Bursts of one status each: 503 and 429 were certainly not accepted, after a 500 that is not known. */
const failing: Sickness = (dice) => {
  const answer = dice.pick([500, 500, 503, 429]);
  return { takesEffect: false, answer, ...(answer === 429 ? { retryAfterS: 1 } : {}) };
};
/** A 500 behind which the words are said all the same: to say them again would be twice. */
const lying: Sickness = (dice) => ({ takesEffect: true, answer: dice.pick([500, 502, 504]) });
const reset: Sickness = (dice) => ({ takesEffect: dice.percent(50), answer: 'reset', delayMs: dice.between(0, 300) });
/** Longer than the notifier's limit of 5 s for a POST. */
const silent: Sickness = (dice) => ({ takesEffect: dice.percent(50), delayMs: 30_000 });

/** Control URLs that are slow or broken, for some of the calls. */
export const CONTROL_URL_FAULTS: readonly Fault[] = [
  controlFault({ name: 'control-slow', about: 'control URLs of some calls answer after 2 to 8 s', sickness: slow }),
  controlFault({
    name: 'control-failing',
    about: 'control URLs of some calls answer 500, 503 and 429 with Retry-After',
    sickness: failing,
    isShort: true,
  }),
  controlFault({ name: 'control-lying', about: 'control URLs of some calls answer 5xx and say it', sickness: lying }),
  controlFault({ name: 'control-reset', about: 'control URLs of some calls reset connections', sickness: reset }),
  controlFault({ name: 'control-silent', about: 'control URLs of some calls never answer', sickness: silent }),
  {
    name: 'control-unreachable',
    about: 'no connection to any control URL stands long enough to be written to',
    async inject(stage) {
      const { control } = stage.crowd;
      const strike = stage.strike('vapi', 'connections to control URLs are reset at once');
      control.refuses = true;
      await stage.sleep(stage.dice.between(2000, 4000));
      control.refuses = false;
      strike.until = performance.now();
    },
    bounds: { goesOnWithinMs: 15_000 },
  },
];

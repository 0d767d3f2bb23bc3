import type { Fault } from '../fault.types.js';
import type { Dice } from '../run/dice.js';
import type { Delivery, Route } from '../vapi/vapi.types.js';
import { PROXIED } from './proxied-broker.js';

const CHAOS_MS = 8000;
/** The last of them leave this much later. */
const LONGEST_DELAY_MS = 5000;

/** Each one to three times, each time late by its own delay; some connections end before the answer is read. */
function chaos(dice: Dice): Route {
  return () =>
    Array.from({ length: dice.between(1, 3) }, (): Delivery => {
      const delayMs = dice.percent(40) ? 0 : dice.between(0, LONGEST_DELAY_MS);
      return dice.percent(10) ? { delayMs, resetAfterMs: dice.between(0, 5) } : { delayMs };
    });
}

/** The same for what tells of tool calls and of a call's life; who speaks is told in time. */
function orderly(route: Route): Route {
  return (webhook) => (webhook.type === 'speech-update' ? [{ delayMs: 0 }] : route(webhook));
}

function webhookFault(name: string, about: string, routeOf: (dice: Dice) => Route, isShort = false): Fault {
  return {
    name,
    about,
    ...PROXIED,
    isShort,
    async inject(stage) {
      const { webhooks } = stage.crowd;
      const { route } = webhooks;
      const strike = stage.strike('vapi', about);
      webhooks.route = routeOf(stage.dice.for('webhooks'));
      await stage.sleep(CHAOS_MS);
      webhooks.route = route;
      await stage.sleep(LONGEST_DELAY_MS);
      strike.until = performance.now();
    },
    bounds: { allAccepted: true },
  };
}

/** Webhooks that come again, late and in any order, each time to another gateway. */
export const WEBHOOK_FAULTS: readonly Fault[] = [
  webhookFault(
    'webhooks-in-disorder',
    'webhooks come 1 to 3 times and up to 5 s late, speech in time',
    (dice) => orderly(chaos(dice)),
    true,
  ),
  webhookFault('webhooks-in-chaos', 'all webhooks come 1 to 3 times and up to 5 s late, speech too', (dice) =>
    chaos(dice),
  ),
];

import type { Fault, FaultSwitches } from './faults.types.js';

/** Every so many webhooks of these types are held back, so that later ones overtake them: no order is promised. */
export function reorderWebhooks({ types, holdMs, every }: NonNullable<FaultSwitches['reorderWebhooks']>): Fault {
  let seen = 0;
  return {
    name: 'reorderWebhooks',
    webhook: ({ type }) => {
      if (!types.includes(type)) return undefined;
      seen += 1;
      return seen % every === 0 ? { kind: 'held', holdMs } : undefined;
    },
  };
}

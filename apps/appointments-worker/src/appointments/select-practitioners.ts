import { isNamed, words } from './names.js';
import type { Practice, Practitioner, Service } from './practice.types.js';

/** What the caller asked for, in the caller's words. */
export interface PractitionerWish {
  readonly service?: string | undefined;
  readonly practitioner?: string | undefined;
}

export type SelectionProblem = 'no-service' | 'unknown-service' | 'unknown-practitioner';

export type Selection =
  | { readonly ok: true; readonly practitioners: readonly Practitioner[] }
  | { readonly ok: false; readonly problem: SelectionProblem };

/** Who can be meant. The practitioner's name alone is enough; a service alone means anybody who offers it. */
export function selectPractitioners(practice: Practice, wish: PractitionerWish): Selection {
  if (wish.service === undefined && wish.practitioner === undefined) return { ok: false, problem: 'no-service' };
  let practitioners = practice.practitioners;
  if (wish.service !== undefined) {
    const service = findService(practice.services, wish.service);
    if (service === undefined) return { ok: false, problem: 'unknown-service' };
    practitioners = practitioners.filter((practitioner) => practitioner.service === service.name);
  }
  const { practitioner: asked } = wish;
  if (asked !== undefined) practitioners = practitioners.filter(({ name }) => isNamed(name, asked));
  return practitioners.length === 0 ? { ok: false, problem: 'unknown-practitioner' } : { ok: true, practitioners };
}

/** By its name first, so that an alias of one service cannot hide another. */
function findService(services: readonly Service[], asked: string): Service | undefined {
  const said = new Set(words(asked));
  const isSaid = (name: string): boolean => words(name).every((word) => said.has(word));
  return services.find(({ name }) => isSaid(name)) ?? services.find(({ aliases }) => aliases.some(isSaid));
}

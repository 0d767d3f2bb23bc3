import { randomUUID } from 'node:crypto';

/** What does not change during a simulated call. */
export interface CallFacts {
  /** Number of the call within its scenario, from 1. */
  readonly number: number;
  readonly id: string;
  readonly orgId: string;
  readonly assistantId: string;
  readonly createdAt: string;
  readonly customerNumber: string;
  /** `<public origin>/<call id>/control`. */
  readonly controlUrl: string;
  readonly listenUrl: string;
}

/** New ids for a call. Numbers are from the range reserved for fiction. */
export function newCallFacts(number: number, publicOrigin: string, epochMs: number): CallFacts {
  const id = randomUUID();
  return {
    number,
    id,
    orgId: randomUUID(),
    assistantId: randomUUID(),
    createdAt: new Date(epochMs).toISOString(),
    customerNumber: `+1202555${String(100 + (number % 100)).padStart(4, '0')}`,
    controlUrl: `${publicOrigin}/${id}/control`,
    listenUrl: `${publicOrigin.replace(/^http/, 'ws')}/${id}/listen`,
  };
}

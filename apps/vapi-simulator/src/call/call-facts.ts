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
  /** The number at Vapi's end. */
  readonly phoneNumber: string;
  /** The telephone company's id of the call. */
  readonly callSid: string;
  /** `<public origin>/<call id>/control`. */
  readonly controlUrl: string;
  readonly listenUrl: string;
  /** False when the assistant's `monitorPlan` says so: then nobody hears of the control URL, and it refuses. */
  readonly isControlEnabled: boolean;
}

/** Where the call comes from. */
export interface CallOrigin {
  readonly number: number;
  readonly publicOrigin: string;
  readonly epochMs: number;
  /** Of the simulated account; without them ids are made up. */
  readonly orgId?: string | undefined;
  readonly assistantId?: string | undefined;
  readonly isControlEnabled?: boolean;
}

/** New ids for a call. Numbers are from the range reserved for fiction. */
export function newCallFacts({ number, publicOrigin, epochMs, ...known }: CallOrigin): CallFacts {
  const id = randomUUID();
  return {
    number,
    id,
    orgId: known.orgId ?? randomUUID(),
    assistantId: known.assistantId ?? randomUUID(),
    createdAt: new Date(epochMs).toISOString(),
    customerNumber: `+1202555${String(100 + (number % 100)).padStart(4, '0')}`,
    phoneNumber: '+12025550100',
    callSid: `CA${id.replaceAll('-', '')}`,
    controlUrl: `${publicOrigin}/${id}/control`,
    listenUrl: `${publicOrigin.replace(/^http/, 'ws')}/${id}/listen`,
    isControlEnabled: known.isControlEnabled ?? true,
  };
}

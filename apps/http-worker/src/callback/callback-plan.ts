import type { HttpCallbackEntry } from '../file/http-request.dto.js';

/** How a backend takes over a job. */
export interface CallbackPlan {
  /** Name of the header that tells where to call back, in lower case. */
  readonly header: string;
  /** Statuses by which the backend says that it calls back later. */
  readonly acceptStatuses: readonly number[];
}

export const CALLBACK_DEFAULTS: CallbackPlan = { header: 'x-interject-callback-url', acceptStatuses: [202] };

/** Fills in what an entry leaves out. */
export function callbackPlan({ header, acceptStatuses }: HttpCallbackEntry): CallbackPlan {
  return {
    header: header?.toLowerCase() ?? CALLBACK_DEFAULTS.header,
    acceptStatuses: acceptStatuses ?? CALLBACK_DEFAULTS.acceptStatuses,
  };
}

import type { SelectionProblem } from './select-practitioners.js';
import type { SlotView } from './slot.js';

/*
 * What the tools return. All of it is JSON: it travels in the result event to whoever follows up, and it is what a
 * repeated tool call is answered with. Names and phone numbers of callers stay out.
 */

/** `other-times`: nothing is free as asked, these come closest. */
export type SlotSearchOutcome = 'found' | 'other-times' | 'fully-booked' | 'unclear-date' | SelectionProblem;

export interface SlotSearchAnswer {
  readonly outcome: SlotSearchOutcome;
  readonly slots: readonly SlotView[];
}

/** The time is clear, and cannot be had. */
export type TimeRefusal = 'taken' | 'closed' | 'past' | 'too-far-ahead';

/** The request is not clear. */
export type RequestProblem = 'no-time' | 'unclear-time' | SelectionProblem;

export type BookingAnswer =
  | { readonly booked: true; readonly reference: string; readonly slot: SlotView }
  | {
      readonly booked: false;
      readonly reason: TimeRefusal;
      /** ISO 8601 with offset. */
      readonly requested: string;
      readonly alternatives: readonly SlotView[];
    }
  | { readonly booked: false; readonly reason: 'fully-booked' | RequestProblem; readonly alternatives: readonly [] };

export type CancellationRefusal =
  'nothing-named' | 'unclear-time' | 'not-found' | 'ambiguous' | 'already-cancelled' | 'past';

export type CancellationAnswer =
  | {
      readonly cancelled: true;
      readonly reference: string;
      /** ISO 8601 with offset. */
      readonly startsAt: string;
      readonly service: string;
      readonly practitioner: string;
    }
  | { readonly cancelled: false; readonly reason: CancellationRefusal };

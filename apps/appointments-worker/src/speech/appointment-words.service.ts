import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@interject/observability';
import { Temporal } from 'temporal-polyfill';
import type { BookingAnswer, CancellationAnswer, SlotSearchAnswer } from '../appointments/answers.types.js';
import { Calendar } from '../appointments/calendar.js';
import { PRACTICE } from '../appointments/practice.constants.js';
import type { Practice } from '../appointments/practice.types.js';
import type { SelectionProblem } from '../appointments/select-practitioners.js';
import type { SlotView } from '../appointments/slot.js';
import { sayList, sayMoment, sayMoments } from './say-time.js';

const NOTHING_FREE = 'I am sorry, there is nothing free in the time we book ahead.';

/** Words for what the tools answer. */
@Injectable()
export class AppointmentWords {
  constructor(
    @Inject(PRACTICE) private readonly practice: Practice,
    private readonly calendar: Calendar,
    private readonly clock: Clock,
  ) {}

  search({ outcome, slots }: SlotSearchAnswer): string {
    switch (outcome) {
      case 'found':
        return `${this.offer(slots, 'these times are free')} Which one suits you?`;
      case 'other-times':
        return `I am sorry, nothing is free then. ${this.offer(slots, 'the next free times are')} Which one suits you?`;
      case 'fully-booked':
        return NOTHING_FREE;
      case 'unclear-date':
        return 'I did not get the day. Which day would you like to come?';
      case 'no-service':
      case 'unknown-service':
      case 'unknown-practitioner':
        return this.problem(outcome);
    }
  }

  booking(answer: BookingAnswer): string {
    if (answer.booked) {
      const { slot, reference } = answer;
      return `You are booked with ${this.practitioner(slot.practitioner)} on ${this.moment(slot.startsAt)}. Your reference is ${sayReference(reference)}.`;
    }
    switch (answer.reason) {
      case 'taken':
        return `I am sorry, ${this.moment(answer.requested)} has just been taken. ${this.next(answer.alternatives)}`;
      case 'closed':
        return `I am sorry, there are no appointments on ${this.moment(answer.requested)}. ${this.next(answer.alternatives)}`;
      case 'past':
        return `I am sorry, ${this.moment(answer.requested)} is over. ${this.next(answer.alternatives)}`;
      case 'too-far-ahead':
        return `I am sorry, we only book ${String(this.practice.horizonDays)} days ahead. ${this.next(answer.alternatives)}`;
      case 'fully-booked':
        return NOTHING_FREE;
      case 'no-time':
        return 'Which time would you like to book?';
      case 'unclear-time':
        return 'I did not get the time. When would you like to come?';
      case 'no-service':
      case 'unknown-service':
      case 'unknown-practitioner':
        return this.problem(answer.reason);
    }
  }

  cancellation(answer: CancellationAnswer): string {
    if (answer.cancelled) {
      return `Your appointment with ${this.practitioner(answer.practitioner)} on ${this.moment(answer.startsAt)} is cancelled.`;
    }
    switch (answer.reason) {
      case 'nothing-named':
        return 'Please tell me the reference of the appointment, or your name and the time you were booked for.';
      case 'unclear-time':
        return 'I did not get the time. When were you booked for?';
      case 'not-found':
        return 'I am sorry, I cannot find that appointment. Please check the reference, or the name and the time.';
      case 'ambiguous':
        return 'There is more than one such appointment. Please tell me the reference.';
      case 'already-cancelled':
        return 'That appointment has been cancelled already.';
      case 'past':
        return 'I am sorry, that appointment is over, so I cannot cancel it any more.';
    }
  }

  private problem(problem: SelectionProblem): string {
    const services = sayList(this.practice.services.map(({ name }) => `the ${name}`));
    switch (problem) {
      case 'no-service':
        return `Who would you like to see: ${services}?`;
      case 'unknown-service':
        return `I am sorry, we do not offer that. You can see ${services}.`;
      case 'unknown-practitioner': {
        const names = sayList(this.practice.practitioners.map(({ spokenName }) => spokenName));
        return `I am sorry, I do not know that name. You can see ${names}.`;
      }
    }
  }

  private next(slots: readonly SlotView[]): string {
    return slots.length === 0 ? NOTHING_FREE : `${this.offer(slots, 'the next free times are')} Which one suits you?`;
  }

  private offer(slots: readonly SlotView[], lead: string): string {
    const names = new Set(slots.map(({ practitioner }) => practitioner));
    const [first] = slots;
    const who =
      first === undefined ? '' : names.size === 1 ? this.practitioner(first.practitioner) : `the ${first.service}`;
    const times = sayMoments(
      slots.map(({ startsAt }) => wallClock(startsAt)),
      this.today(),
    );
    return `With ${who} ${lead}: ${times}.`;
  }

  private moment(iso: string): string {
    return sayMoment(wallClock(iso), this.today());
  }

  private practitioner(name: string): string {
    return this.practice.practitioners.find((practitioner) => practitioner.name === name)?.spokenName ?? name;
  }

  private today(): Temporal.PlainDate {
    return this.calendar.local(Temporal.Instant.fromEpochMilliseconds(this.clock.now())).toPlainDate();
  }
}

/** The practice's offset is in the text, so its wall clock is what stands there. */
function wallClock(iso: string): Temporal.PlainDateTime {
  return Temporal.PlainDateTime.from(iso);
}

/** "4 7 1, 1 0 2": digit by digit, with a breath in the middle. */
function sayReference(reference: string): string {
  const half = Math.ceil(reference.length / 2);
  return [reference.slice(0, half), reference.slice(half)].map((digits) => [...digits].join(' ')).join(', ');
}

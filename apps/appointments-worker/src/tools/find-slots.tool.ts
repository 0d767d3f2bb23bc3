import { setTimeout as delay } from 'node:timers/promises';
import { Clock } from '@interject/observability';
import { ToolHandler } from '@interject/worker-sdk';
import type { Tool, ToolCallContext } from '@interject/worker-sdk';
import type { SlotSearchAnswer } from '../appointments/answers.types.js';
import { AppointmentsConfig } from '../appointments/appointments.config.js';
import { EXAMPLE_PRACTICE } from '../appointments/practice.constants.js';
import { SlotSearch } from '../appointments/slot-search.service.js';
import { AppointmentWords } from '../speech/appointment-words.service.js';
import { FindSlotsArguments } from './find-slots.arguments.js';
import { said } from './said.js';

/** A caller who has heard nothing for so long wonders whether anybody is still there. */
const PROGRESS_AFTER_MS = 5_000;

const SERVICES = EXAMPLE_PRACTICE.services.map(({ name }) => name).join(', ');

@ToolHandler({
  name: 'find_slots',
  title: 'the search for free times',
  description: `Finds free appointments of the practice. Services: ${SERVICES}. Use it before booking unless the caller named a time.`,
  arguments: FindSlotsArguments,
  timeoutMs: 30_000,
  retry: { attempts: 3, backoffMs: 500 },
  // Nobody is left to hear about free slots.
  onCallEnded: 'cancel',
  sayOnStart: 'One moment, I am looking into the calendar.',
  sayOnFailure: 'I am sorry, I cannot look into the calendar right now.',
})
export class FindSlots implements Tool<FindSlotsArguments, SlotSearchAnswer> {
  constructor(
    private readonly slotSearch: SlotSearch,
    private readonly words: AppointmentWords,
    private readonly config: AppointmentsConfig,
    private readonly clock: Clock,
  ) {}

  async run(args: FindSlotsArguments, call: ToolCallContext): Promise<SlotSearchAnswer> {
    const progress = this.clock.setTimeout(() => {
      void call.progress('I am still looking through the calendar.');
    }, PROGRESS_AFTER_MS);
    try {
      if (this.config.searchDelayMs > 0) await delay(this.config.searchDelayMs, undefined, { signal: call.signal });
      return await this.slotSearch.search({
        service: said(args.service),
        practitioner: said(args.practitioner),
        date: said(args.date),
        untilDate: said(args.untilDate),
        partOfDay: args.partOfDay,
      });
    } finally {
      this.clock.clearTimeout(progress);
    }
  }

  say(answer: SlotSearchAnswer): string {
    return this.words.search(answer);
  }
}

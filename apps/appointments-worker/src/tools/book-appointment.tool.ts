import { ToolHandler } from '@interject/worker-sdk';
import type { Tool, ToolCallContext } from '@interject/worker-sdk';
import type { BookingAnswer } from '../appointments/answers.types.js';
import { Booking } from '../appointments/booking.service.js';
import { AppointmentWords } from '../speech/appointment-words.service.js';
import { BookAppointmentArguments } from './book-appointment.arguments.js';
import { said } from './said.js';

@ToolHandler({
  name: 'book_appointment',
  title: 'the booking of your appointment',
  description:
    'Books an appointment for a caller who has agreed to a time. Tells the caller the reference, ' +
    'or which times are free if that one has been taken.',
  arguments: BookAppointmentArguments,
  timeoutMs: 20_000,
  retry: { attempts: 3, backoffMs: 500 },
  // The caller agreed to it: hanging up does not take that back, and a follow-up worker can send the reference.
  onCallEnded: 'finish',
  // A model that repeats itself does so within seconds. After that the same words are a new wish: the time may be free again.
  duplicates: { by: 'arguments', afterSuccessMs: 60_000 },
  sayOnStart: 'One moment, I am booking that for you.',
  sayOnFailure: 'I am sorry, I could not book that. Please call again later.',
})
export class BookAppointment implements Tool<BookAppointmentArguments, BookingAnswer> {
  constructor(
    private readonly booking: Booking,
    private readonly words: AppointmentWords,
  ) {}

  async run(args: BookAppointmentArguments, call: ToolCallContext): Promise<BookingAnswer> {
    const wish = {
      slotId: said(args.slotId),
      startsAt: said(args.startsAt),
      service: said(args.service),
      practitioner: said(args.practitioner),
    };
    const caller = { name: args.name.trim(), phone: said(args.phone) ?? said(args.callerNumber) };
    return this.booking.book(wish, caller, call.idempotencyKey, call.signal);
  }

  say(answer: BookingAnswer): string {
    return this.words.booking(answer);
  }
}

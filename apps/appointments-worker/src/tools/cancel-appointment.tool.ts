import { ToolHandler } from '@interject/worker-sdk';
import type { Tool, ToolCallContext } from '@interject/worker-sdk';
import type { CancellationAnswer } from '../appointments/answers.types.js';
import { Cancellation } from '../appointments/cancellation.service.js';
import { AppointmentWords } from '../speech/appointment-words.service.js';
import { CancelAppointmentArguments } from './cancel-appointment.arguments.js';
import { said } from './said.js';

@ToolHandler({
  name: 'cancel_appointment',
  title: 'the cancellation of your appointment',
  description: 'Cancels an appointment, by its reference, or by the name and the time it was booked for.',
  arguments: CancelAppointmentArguments,
  timeoutMs: 20_000,
  retry: { attempts: 3, backoffMs: 500 },
  onCallEnded: 'finish',
  sayOnStart: 'One moment, I am looking for your appointment.',
  sayOnFailure: 'I am sorry, I could not cancel that. Please call again later.',
})
export class CancelAppointment implements Tool<CancelAppointmentArguments, CancellationAnswer> {
  constructor(
    private readonly cancellation: Cancellation,
    private readonly words: AppointmentWords,
  ) {}

  async run(args: CancelAppointmentArguments, call: ToolCallContext): Promise<CancellationAnswer> {
    const wish = { reference: said(args.reference), name: said(args.name), startsAt: said(args.startsAt) };
    return this.cancellation.cancel(wish, call.idempotencyKey, call.signal);
  }

  say(answer: CancellationAnswer): string {
    return this.words.cancellation(answer);
  }
}

import { Module } from '@nestjs/common';
import { AppointmentsModule } from '../appointments/appointments.module.js';
import { AppointmentWords } from '../speech/appointment-words.service.js';
import { BookAppointment } from './book-appointment.tool.js';
import { CancelAppointment } from './cancel-appointment.tool.js';
import { FindSlots } from './find-slots.tool.js';

/** What the assistant can do: a handler for each tool, found by its decorator. */
@Module({
  imports: [AppointmentsModule],
  providers: [AppointmentWords, FindSlots, BookAppointment, CancelAppointment],
})
export class ToolsModule {}

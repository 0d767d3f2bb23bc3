import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { AppointmentsConfig } from './appointments.config.js';
import { AppointmentsRepository } from './appointments.repository.js';
import { BookingRequests } from './booking-requests.service.js';
import { Booking } from './booking.service.js';
import { Calendar } from './calendar.js';
import { Cancellation } from './cancellation.service.js';
import { FreeSlots } from './free-slots.service.js';
import { EXAMPLE_PRACTICE, PRACTICE } from './practice.constants.js';
import type { Practice } from './practice.types.js';
import { DRAW_REFERENCE, drawReference } from './references.js';
import { SlotSearch } from './slot-search.service.js';

/** The domain: free slots, bookings, cancellations. Knows nothing of calls and tools. */
@Module({
  imports: [DatabaseModule],
  providers: [
    { provide: PRACTICE, useValue: EXAMPLE_PRACTICE },
    { provide: DRAW_REFERENCE, useValue: drawReference },
    {
      provide: Calendar,
      inject: [PRACTICE, AppointmentsConfig],
      useFactory: (practice: Practice, config: AppointmentsConfig) => new Calendar(practice, config.timeZone),
    },
    AppointmentsRepository,
    FreeSlots,
    BookingRequests,
    SlotSearch,
    Booking,
    Cancellation,
  ],
  exports: [PRACTICE, Calendar, SlotSearch, Booking, Cancellation],
})
export class AppointmentsModule {}

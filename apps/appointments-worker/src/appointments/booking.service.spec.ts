import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { IdempotentTransactions } from '../database/idempotent-transactions.js';
import { ToolBench } from '../testing/tool-bench.js';
import { AppointmentsRepository } from './appointments.repository.js';
import { BookingRequests } from './booking-requests.service.js';
import { Booking } from './booking.service.js';
import { Calendar } from './calendar.js';
import { FreeSlots } from './free-slots.service.js';

/** A Monday, before the practice opens. */
const NOW = Date.UTC(2026, 10, 23, 7, 0);

describe('Booking', () => {
  const clock = new VirtualClock(NOW);
  let bench: ToolBench;

  beforeAll(async () => {
    bench = await ToolBench.start({ clock });
  }, 60_000);
  afterAll(() => bench.stop());

  it('draws another reference when one is in use', async () => {
    const drawn = ['111111', '111111', '222222'];
    const booking = new Booking(
      bench.get(BookingRequests),
      bench.get(Calendar),
      bench.get(FreeSlots),
      bench.get(AppointmentsRepository),
      bench.get(IdempotentTransactions),
      clock,
      () => drawn.shift() ?? 'no more',
    );
    const book = (key: string) =>
      booking.book({ service: 'dentist', startsAt: 'earliest' }, { name: 'Ada' }, key, new AbortController().signal);

    expect(await book('one')).toMatchObject({ booked: true, reference: '111111' });
    expect(await book('two')).toMatchObject({ booked: true, reference: '222222' });
    expect(drawn).toEqual([]);
  });
});

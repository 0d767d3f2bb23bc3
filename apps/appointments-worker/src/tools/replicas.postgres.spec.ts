import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startPostgres, VirtualClock } from '@interject/testing';
import type { RunningPostgres } from '@interject/testing';
import { Database } from '../database/database.js';
import { fakeCall } from '../testing/fake-call.js';
import { ToolBench } from '../testing/tool-bench.js';
import { BookAppointment } from './book-appointment.tool.js';
import type { BookAppointmentArguments } from './book-appointment.arguments.js';
import { CancelAppointment } from './cancel-appointment.tool.js';

/** Many transactions wait for each other here. */
jest.setTimeout(30_000);

/** A Monday, before the practice opens. */
const NOW = Date.UTC(2026, 10, 23, 7, 0);
const ADA = { name: 'Ada Lovelace', practitioner: 'Doctor Weber', startsAt: '2026-11-24T09:30' };

describe('replicas of the worker on one PostgreSQL server', () => {
  let server: RunningPostgres;
  let replicas: readonly ToolBench[];

  beforeAll(async () => {
    server = await startPostgres();
    // All at once, so that their migrations meet.
    replicas = await Promise.all(
      Array.from({ length: 3 }, () =>
        ToolBench.start({ clock: new VirtualClock(NOW), env: { DATABASE_URL: server.url } }),
      ),
    );
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await server.stop();
  });
  beforeEach(() => replicas[0]?.reset());

  function replica(i: number): ToolBench {
    const chosen = replicas[i % replicas.length];
    if (chosen === undefined) throw new Error('There are no replicas.');
    return chosen;
  }

  /** The same moment, one replica after the other. */
  async function bookTogether(count: number, args: BookAppointmentArguments, key: (i: number) => string) {
    return Promise.all(
      Array.from({ length: count }, (_, i) =>
        replica(i)
          .get(BookAppointment)
          .run(args, fakeCall(key(i))),
      ),
    );
  }

  async function rows() {
    return replica(0)
      .get(Database)
      .run((db) => db.selectFrom('appointments').selectAll().execute());
  }

  it('gives a slot to one of many callers, and the next free times to the others', async () => {
    const answers = await bookTogether(30, ADA, (i) => `caller-${String(i)}`);

    expect(answers.filter(({ booked }) => booked)).toHaveLength(1);
    for (const answer of answers.filter(({ booked }) => !booked)) {
      expect(answer).toMatchObject({
        reason: 'taken',
        alternatives: [{ slotId: 'anna-weber@2026-11-24T10:00:00Z' }, {}, {}],
      });
    }
    expect(await rows()).toHaveLength(1);
  });

  it('books once for a tool call that is run by several replicas at the same moment', async () => {
    const answers = await bookTogether(12, { ...ADA, startsAt: 'earliest' }, () => 'the same tool call');

    expect(answers[0]).toMatchObject({ booked: true });
    expect(new Set(answers.map((answer) => JSON.stringify(sorted(answer)))).size).toBe(1);
    expect(await rows()).toHaveLength(1);
  });

  it('gives a time of their own to all who want the earliest', async () => {
    const answers = await bookTogether(
      24,
      { name: 'Ada', service: 'dentist', startsAt: 'earliest' },
      (i) => `k${String(i)}`,
    );

    const slots = answers.map((answer) => (answer.booked ? answer.slot.slotId : answer.reason));
    expect(new Set(slots).size).toBe(24);
    expect((await rows()).length).toBe(24);
  });

  it('cancels once, whoever asks', async () => {
    const [booked] = await bookTogether(1, ADA, () => 'booking');
    const reference = booked?.booked === true ? booked.reference : '';

    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        replica(i)
          .get(CancelAppointment)
          .run({ reference }, fakeCall(`cancel-${String(i)}`)),
      ),
    );

    expect(answers.filter(({ cancelled }) => cancelled)).toHaveLength(1);
    expect(answers.filter((answer) => !answer.cancelled && answer.reason === 'already-cancelled')).toHaveLength(11);
  });
});

/** JSON columns give their keys back in an order of their own. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

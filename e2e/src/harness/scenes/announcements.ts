import { expect } from '@jest/globals';
import { EventFactory } from '@interject/contracts';
import type { AnnouncementRequested } from '@interject/contracts';
import { eventually } from '@interject/testing';
import type { ApiAnswer, InterjectSystem } from '../interject-system.js';
import { job, planCall, SLOW_RENDER, talk } from '../scenarios.js';
import { histories, historyIn, postsTo, undeliveredOf } from '../stage.js';
import type { Stage } from '../stage.js';

const ASKS = { caller: 'Please keep me informed.' };
const PARTITIONS = 16;

interface Snapshot {
  readonly status: string;
  readonly endedReason?: string;
  readonly floor: string;
  readonly toolCalls: readonly { readonly tool: string; readonly state: string }[];
  readonly utterances: readonly {
    readonly utteranceId: string;
    readonly state: string;
    readonly attempt: number;
    readonly waitsFor?: string;
    readonly reason?: string;
    readonly times: Readonly<Record<string, number>>;
    readonly past?: readonly { readonly attempt: number; readonly outcome: string; readonly sentAt?: number }[];
  }[];
}

const announce = (system: InterjectSystem, callId: string, body: unknown): Promise<ApiAnswer> =>
  system.api(`/calls/${callId}/announcements`, body);

async function lookUp(system: InterjectSystem, callId: string): Promise<Snapshot> {
  const { status, body } = await system.api(`/calls/${callId}`);
  if (status !== 200) throw new Error(`The call cannot be looked up: ${String(status)}`);
  return body as Snapshot;
}

/** Resolves when the call's end is known. */
async function ended(system: InterjectSystem, callId: string): Promise<Snapshot> {
  return eventually(
    async () => {
      const snapshot = await lookUp(system, callId);
      return snapshot.status === 'ended' ? snapshot : undefined;
    },
    { timeoutMs: 30_000, intervalMs: 50 },
  );
}

/** As any backend service may do it that is connected to NATS. */
async function publish(system: InterjectSystem, callId: string, id: string, text: string): Promise<void> {
  const data: AnnouncementRequested = { callId, announcementId: id, text, at: Date.now() };
  const { subject } = new EventFactory(PARTITIONS).announcement(data);
  await system.inspector.publish(subject, JSON.stringify(data));
}

const statuses = (answers: readonly ApiAnswer[], status: number): ApiAnswer[] =>
  answers.filter((answer) => answer.status === status);

/** What backend services want said, and what they are told of a call. */
export function announcementScenes(stage: Stage): void {
  const scene = stage.scene.bind(stage);

  stage.meddled(
    'is accepted, said once however often it is sent, and told apart by its id',
    planCall({
      steps: [ASKS, { waitForHeard: { count: 2, withinMs: 40_000 } }, { wait: 3000 }],
      expect: [
        { heard: 'The taxi is there', times: 1 },
        { heard: 'The bill is paid', times: 2 },
      ],
    }),
    async ({ system, callId }) => {
      const body = { id: 'taxi-7', text: 'The taxi is there.' };
      const taxi = await eventually(async () => {
        const answer = await announce(system, callId, body);
        return answer.status === 404 ? undefined : answer;
      });
      const repeats = await Promise.all(Array.from({ length: 5 }, () => announce(system, callId, body)));
      const bill = { text: 'The bill is paid.' };
      const first = await announce(system, callId, bill);
      // Said before the second comes, lest they are one utterance to the ear.
      await eventually(
        async () => (await lookUp(system, callId)).utterances.filter(({ state }) => state === 'heard').length >= 2,
        { timeoutMs: 20_000 },
      );
      const bills = [first, await announce(system, callId, bill)];
      await ended(system, callId);
      const late = await announce(system, callId, { id: 'too-late', text: 'Good bye.' });
      return { taxi, repeats, bills, late, lateRepeat: await announce(system, callId, body) };
    },
    async ({ system, callId, found: { taxi, repeats, bills, late, lateRepeat } }) => {
      expect(taxi).toMatchObject({
        status: 202,
        body: { announcementId: 'taxi-7', utteranceId: expect.any(String), repeated: false },
      });
      expect(repeats).toHaveLength(5);
      for (const repeat of repeats)
        expect(repeat).toEqual({ ...taxi, body: { ...(taxi.body as object), repeated: true } });
      expect(bills.map(({ status }) => status)).toEqual([202, 202]);
      const ids = new Set(bills.map(({ body }) => (body as { utteranceId: string }).utteranceId));
      expect(ids.size).toBe(2);
      // After the end: a new one is too late, and one that is known is answered as ever.
      expect(late).toMatchObject({ status: 409, body: { endedReason: 'customer-ended-call' } });
      expect(lateRepeat).toEqual(repeats[0]);
      const found = await histories(system, callId, 3);
      expect(found.map(({ states }) => states)).toEqual(['sending heard', 'sending heard', 'sending heard']);
    },
  );

  stage.meddled(
    'is refused with all that is wrong, without a key, and for a call that nobody knows',
    planCall({ steps: [ASKS, { wait: 8000 }], expect: [{ never: '/./' }] }),
    async ({ system, callId }) => {
      const bodies = [
        {},
        { text: '***' },
        { txet: 'The taxi is there.' },
        { text: 'The taxi is there.', speech: { class: 'loud', timing: 'at once' } },
        { text: 'The taxi is there.', id: '' },
        ['The taxi is there.'],
      ];
      const faulty = [];
      for (const body of bodies) faulty.push(await announce(system, callId, body));
      const path = `/calls/${callId}/announcements`;
      const noKey = await system.api(path, { text: 'The taxi is there.' }, 'Bearer another-key');
      return { faulty, noKey, unknown: await announce(system, 'no-such-call', { text: 'The taxi is there.' }) };
    },
    ({ found: { faulty, noKey, unknown } }) => {
      expect(faulty.map(({ status }) => status)).toEqual(faulty.map(() => 400));
      expect(faulty.map(({ body }) => (body as { problems: string[] }).problems.join('; '))).toEqual([
        expect.stringContaining('text'),
        expect.stringContaining('something that can be said'),
        expect.stringMatching(/txet is not known here.*text|text.*txet is not known here/),
        expect.stringMatching(/speech\.class.*speech\.timing|speech\.timing.*speech\.class/),
        expect.stringContaining('id'),
        expect.stringContaining('JSON object'),
      ]);
      expect(noKey.status).toBe(401);
      expect(unknown.status).toBe(404);
    },
  );

  stage.meddled(
    'waits with 99 others at most, however many are sent at once',
    planCall({
      steps: [ASKS, { status: 'forwarding' }, { wait: 18_000 }, { end: { reason: 'assistant-forwarded-call' } }],
      expect: [{ never: '/./' }],
    }),
    async ({ system, callId }) => {
      await eventually(async () => (await lookUp(system, callId)).status === 'forwarding');
      const bodies = Array.from({ length: 150 }, (_, n) => ({ id: `n-${String(n)}`, text: `Number ${String(n)}.` }));
      const answers = await Promise.all(bodies.map((body) => announce(system, callId, body)));
      const during = await eventually(async () => {
        const snapshot = await lookUp(system, callId);
        return snapshot.utterances.length >= 100 ? snapshot : undefined;
      });
      const accepted = answers.findIndex(({ status }) => status === 202);
      const known = await announce(system, callId, bodies[accepted]);
      // NATS asks nobody whether there is a place.
      await publish(system, callId, 'over NATS', 'One too many.');
      return { answers, during, known };
    },
    async ({ system, callId, call, found: { answers, during, known } }) => {
      expect(statuses(answers, 202)).toHaveLength(100);
      const full = statuses(answers, 429);
      expect(full).toHaveLength(50);
      expect(full[0]?.retryAfter).toMatch(/^\d+$/);
      expect(during.utterances).toHaveLength(100);
      expect(new Set(during.utterances.map(({ waitsFor }) => waitsFor))).toEqual(new Set(['call-not-live']));
      expect(known).toMatchObject({ status: 202, body: { repeated: true } });
      const events = await undeliveredOf(system, callId, 101);
      const reasons = events.map(({ reason }) => reason).sort();
      expect(reasons).toEqual([...new Array<string>(100).fill('call-ended'), 'queue-full']);
      expect(events.find(({ reason }) => reason === 'queue-full')?.text).toBe('One too many.');
      expect(postsTo(call)).toBe(0);
    },
  );

  stage.meddled(
    'may be published straight to NATS, and is said once if that is done twice',
    planCall({
      steps: [ASKS, { waitForHeard: 1 }, { wait: 4000 }],
      expect: [{ heard: 'The parcel came', times: 1 }],
    }),
    async ({ system, callId }) => {
      await publish(system, callId, 'parcel', 'The parcel came.');
      await publish(system, callId, 'parcel', 'The parcel came.');
    },
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
    },
  );

  stage.meddled(
    'waits for a call that still rings',
    planCall({ ringMs: 6000, steps: [ASKS, { waitForHeard: 1 }], expect: [{ heard: 'parcel', times: 1 }] }),
    async ({ system, callId }) => {
      const answer = await announce(system, callId, { text: 'The parcel came.' });
      const waiting = await eventually(async () => {
        const snapshot = await lookUp(system, callId);
        return snapshot.utterances.length > 0 ? snapshot : undefined;
      });
      return { answer, waiting };
    },
    async ({ system, callId, found: { answer, waiting } }) => {
      expect(answer.status).toBe(202);
      expect(waiting).toMatchObject({ status: 'ringing', utterances: [{ waitsFor: 'call-not-live' }] });
      expect((await historyIn(system, callId)).states).toBe('sending heard');
    },
  );

  stage.meddled(
    'looked up while it is not heard: what it waits for; afterwards: every attempt and time',
    planCall({
      tools: ['said_again', 'next_turn'],
      behaviour: SLOW_RENDER,
      bargeIn: { intoInjectedMs: 1000, forMs: 1500, nth: 1 },
      autoReply: { latencyMs: 100, text: 'Of course.' },
      steps: [
        ASKS,
        {
          toolCalls: [
            job('said_again', 'The north made one point two million, the south made nine hundred thousand.', 500),
          ],
        },
        { caller: talk(4000) },
        { waitForHeard: { count: 1, withinMs: 30_000 } },
        { toolCalls: [job('next_turn', 'There is a discount on Fridays.', 100)] },
        { wait: 4000 },
      ],
      expect: [{ heard: 'As I was saying', times: 1 }],
    }),
    async ({ system, callId }) => {
      const blockers = new Set<string>();
      let live: Snapshot | undefined;
      await eventually(
        async () => {
          const snapshot = await lookUp(system, callId);
          for (const { waitsFor } of snapshot.utterances) if (waitsFor !== undefined) blockers.add(waitsFor);
          if (snapshot.utterances.length === 1) live = snapshot;
          return snapshot.status === 'ended';
        },
        { timeoutMs: 30_000, intervalMs: 20 },
      );
      return { blockers, live };
    },
    async ({ system, callId, found: { blockers, live } }) => {
      for (const blocker of ['caller-speaks', 'next-turn']) expect(blockers).toContain(blocker);
      expect([...blockers].some((blocker) => blocker === 'reply-grace' || blocker === 'quiet-time')).toBe(true);
      expect(live).toMatchObject({ status: 'in-progress', utterances: [{ state: expect.any(String) }] });
      expect(live?.toolCalls[0]).toMatchObject({ tool: 'said_again', state: 'succeeded' });
      const summary = await ended(system, callId);
      expect(summary).toMatchObject({
        endedReason: 'customer-ended-call',
        toolCalls: [{ state: 'succeeded' }, { state: 'succeeded' }],
        utterances: [
          {
            state: 'heard',
            attempt: 2,
            past: [{ attempt: 1, outcome: 'interrupted', sentAt: expect.any(Number) }],
            times: { queuedAt: expect.any(Number), sentAt: expect.any(Number), endedAt: expect.any(Number) },
          },
          { state: 'undelivered', reason: 'call-ended', attempt: 0 },
        ],
      });
    },
  );

  scene(
    'a result for a call that has ended unnoticed: refused, looked up at Vapi, told to those who follow up',
    planCall({
      tools: ['plain'],
      behaviour: { endedLagMs: 20_000 },
      steps: [ASKS, { toolCalls: [job('plain', 'The red one is in stock.', 1500)] }, { hangUp: true }],
      expect: [{ never: '/./' }],
    }),
    async ({ system, callId }) => {
      const { states, last } = await historyIn(system, callId);
      expect(states).toBe('sending undelivered');
      expect(last.reason).toBe('call-ended');
      expect(await undeliveredOf(system, callId)).toMatchObject([{ reason: 'call-ended', tool: 'plain' }]);
    },
  );
}

import { SpeechEvidenceSources, speechFingerprint } from '@interject/contracts';
import type { SpeechEvidenceSource, UtteranceRecord } from '@interject/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LONGEST_TURN_MS } from '../speech/speech-settings.js';
import type { CallInput, PostOutcome } from './call-inputs.types.js';
import { CALL_ID, CallDriver, START } from './call-driver.spec-kit.js';
import type { Post } from './call-driver.spec-kit.js';

type Happening =
  | {
      readonly what: 'turn';
      readonly at: number;
      readonly speaker: 'caller' | 'assistant';
      readonly forMs: number;
      readonly lag: number;
      readonly loss: 'none' | 'started' | 'stopped';
    }
  | { readonly what: 'interrupted'; readonly at: number }
  | { readonly what: 'said'; readonly at: number; readonly source: SpeechEvidenceSource; readonly text: string }
  | {
      readonly what: 'result';
      readonly at: number;
      readonly plan: Plan;
      readonly mode: 'sync' | 'async';
      readonly hasText: boolean;
      readonly hasFillers: boolean;
      readonly takesMs: number;
    }
  | { readonly what: 'progress' | 'cancel'; readonly at: number; readonly of: number }
  | { readonly what: 'announcement'; readonly at: number; readonly plan: Plan }
  | { readonly what: 'status'; readonly at: number; readonly status: 'ringing' | 'in-progress' | 'forwarding' };
interface Plan {
  readonly class?: 'urgent' | 'result' | 'latest' | 'progress';
  readonly timing?: 'when-idle' | 'interrupt' | 'next-turn';
  readonly wording?: 'verbatim' | 'assistant' | 'silent';
  readonly onHoldExpired?: 'speak' | 'silent' | 'drop';
  readonly onInterrupted?: 'repeat' | 'drop';
  readonly onUnconfirmed?: 'context' | 'repeat' | 'drop';
  readonly expiresInMs?: number;
  readonly replaceKey?: string;
}

const LAST_MS = 60_000;
const at = fc.integer({ min: 0, max: LAST_MS });
const usually = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });
const plan: fc.Arbitrary<Plan> = fc
  .record({
    class: usually(fc.constantFrom('urgent', 'result', 'latest', 'progress')),
    timing: usually(fc.constantFrom('when-idle', 'interrupt', 'next-turn')),
    wording: usually(fc.constantFrom('verbatim', 'assistant', 'silent')),
    onHoldExpired: usually(fc.constantFrom('speak', 'silent', 'drop')),
    onInterrupted: usually(fc.constantFrom('repeat', 'drop')),
    onUnconfirmed: usually(fc.constantFrom('context', 'repeat', 'drop')),
    expiresInMs: usually(fc.integer({ min: 1000, max: 60_000 })),
    replaceKey: usually(fc.constantFrom('a', 'b')),
  })
  .map((fields) => JSON.parse(JSON.stringify(fields)) as Plan);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    what: fc.constant('turn' as const),
    at,
    speaker: fc.constantFrom('caller', 'assistant'),
    forMs: fc.integer({ min: 0, max: 20_000 }),
    lag: fc.integer({ min: 0, max: 3000 }),
    loss: fc.constantFrom('none', 'none', 'none', 'started', 'stopped'),
  }),
  fc.record({ what: fc.constant('interrupted' as const), at }),
  fc.record({
    what: fc.constant('said' as const),
    at,
    source: fc.constantFrom(...SpeechEvidenceSources),
    text: fc.constantFrom('Result 1.', 'Result 2. Announcement 3.', 'Something else entirely.'),
  }),
  fc.record({
    what: fc.constant('result' as const),
    at,
    plan,
    mode: fc.constantFrom('sync', 'async'),
    hasText: fc.boolean(),
    hasFillers: fc.boolean(),
    takesMs: fc.integer({ min: -5, max: 30_000 }),
  }),
  fc.record({ what: fc.constantFrom('progress', 'progress', 'cancel'), at, of: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ what: fc.constant('announcement' as const), at, plan }),
  fc.record({
    what: fc.constant('status' as const),
    at,
    status: fc.constantFrom('ringing', 'in-progress', 'in-progress', 'forwarding'),
  }),
);
interface World {
  readonly happenings: readonly Happening[];
  readonly outcomes: readonly {
    readonly outcome: PostOutcome;
    readonly afterMs: number;
    readonly speaksAfterMs: number;
    readonly speaksForMs: number;
  }[];
  readonly recordDelays: readonly number[];
  readonly connects: readonly number[];
  readonly claims: readonly ('spoken' | 'inline' | 'none')[];
  readonly endsAt: number;
}
const OUTCOMES: readonly PostOutcome[] = [
  'accepted',
  'accepted',
  'accepted',
  'refused',
  'throttled',
  'unreachable',
  'unknown',
  'no-control-url',
  'abandoned',
];
const world: fc.Arbitrary<World> = fc.record({
  happenings: fc.array(happening, { maxLength: 25 }),
  outcomes: fc.array(
    fc.record({
      outcome: fc.constantFrom(...OUTCOMES),
      afterMs: fc.integer({ min: 0, max: 5000 }),
      speaksAfterMs: fc.integer({ min: 0, max: 15_000 }),
      speaksForMs: fc.integer({ min: 0, max: 8000 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  recordDelays: fc.array(fc.constantFrom(0, 1, 1, 1, 5, 50, 900, 1100), { minLength: 1, maxLength: 8 }),
  connects: fc.array(fc.constantFrom(0, 0, 0, 80, 2000), { minLength: 1, maxLength: 8 }),
  claims: fc.array(fc.constantFrom('spoken', 'inline', 'none'), { minLength: 1, maxLength: 4 }),
  endsAt: fc.integer({ min: 1000, max: 2 * LAST_MS }),
});

/** What the machine was told of the caller, kept apart from it. */
class CallerWitness {
  private lastAt = -Infinity;
  private since: number | undefined;

  observe(input: CallInput, now: number): void {
    if (input.kind !== 'floor' || input.fact.speaker !== 'caller' || input.fact.change === 'interrupted') return;
    if (input.fact.at < this.lastAt) return;
    this.lastAt = input.fact.at;
    this.since = input.fact.change === 'started' ? now : undefined;
  }

  isKnownToSpeak(now: number): boolean {
    return this.since !== undefined && now < this.since + LONGEST_TURN_MS.caller - 5000;
  }
}

interface Run {
  readonly driver: CallDriver;
  readonly outcomes: Map<string, PostOutcome[]>;
  readonly talkedOver: Post[];
}

function play({ happenings, outcomes, recordDelays, connects, claims, endsAt }: World): Run {
  const witness = new CallerWitness();
  const run: Run = { outcomes: new Map(), talkedOver: [], driver: createDriver() };
  function pick<T>(list: readonly T[], n: number): T {
    return list[n % list.length] as T;
  }
  function createDriver(): CallDriver {
    let claimed = 0;
    return new CallDriver({
      answer: (n, post) => {
        const { outcome, afterMs } = pick(outcomes, n);
        for (const id of post.utteranceIds) run.outcomes.set(id, [...(run.outcomes.get(id) ?? []), outcome]);
        if (witness.isKnownToSpeak(post.at)) run.talkedOver.push(post);
        return { outcome, afterMs };
      },
      speaker: (driver) => {
        const { speaksAfterMs, speaksForMs } = pick(outcomes, driver.posts.length - 1);
        driver.turn(speaksAfterMs, 'assistant', speaksForMs);
      },
      connectMs: (n) => pick(connects, n),
      recordDelayMs: (n) => pick(recordDelays, n),
      claim: () => pick(claims, (claimed += 1)),
    });
  }
  const { driver } = run;
  const give = driver.give.bind(driver);
  driver.give = (input) => {
    witness.observe(input, driver.now);
    give(input);
  };
  driver.live();
  happenings.forEach((happening, n) => {
    schedule(driver, happening, n);
  });
  driver.ended(endsAt).run(3_000_000);
  return run;
}

function schedule(driver: CallDriver, happening: Happening, n: number): void {
  switch (happening.what) {
    case 'turn': {
      const { speaker, forMs, lag, loss } = happening;
      if (loss !== 'started') driver.floor(happening.at, speaker, 'started', lag);
      if (loss !== 'stopped') driver.floor(happening.at + forMs, speaker, 'stopped', lag);
      return;
    }
    case 'said': {
      const { source, text } = happening;
      const evidence = { source, words: speechFingerprint(text) };
      driver.in(happening.at, (at) => ({
        kind: 'floor',
        fact: { callId: CALL_ID, speaker: 'assistant', change: 'said', at, receivedAt: at, evidence },
      }));
      return;
    }
    case 'interrupted':
      driver.floor(happening.at, 'caller', 'interrupted');
      return;
    case 'result': {
      const id = `tc${String(n)}`;
      const fillers = { texts: ['One.', 'Two.'], afterMs: 2000, everyMs: 4000, max: 3, onSilenceLimit: 'Still here.' };
      const more = happening.hasFillers ? { fillers } : {};
      driver.toolCall(happening.at + 5, id, { mode: happening.mode, watchdogMs: 60_000, ...more });
      driver.result(
        happening.at + 5 + happening.takesMs,
        id,
        happening.hasText ? `Result ${String(n)}.` : undefined,
        happening.plan,
      );
      return;
    }
    case 'progress':
      driver.progress(happening.at, `tc${String(happening.of)}`, n + 1);
      return;
    case 'cancel':
      driver.in(happening.at, (now) => ({
        kind: 'cancel-requested',
        fact: { callId: CALL_ID, toolCallId: `tc${String(happening.of)}`, reason: 'the caller', at: now },
      }));
      return;
    case 'announcement':
      driver.announcement(happening.at, `a${String(n)}`, `Announcement ${String(n)}.`, happening.plan);
      return;
    case 'status':
      driver.status(happening.at, happening.status);
  }
}

function byUtterance(records: readonly UtteranceRecord[]): Map<string, UtteranceRecord[]> {
  const map = new Map<string, UtteranceRecord[]>();
  for (const record of records) map.set(record.utteranceId, [...(map.get(record.utteranceId) ?? []), record]);
  return map;
}

const isFinal = (record: UtteranceRecord): boolean => record.state !== 'sending' && record.final !== false;

describe('CallMachine, whatever happens', () => {
  it('comes to rest, and each utterance ends in exactly one final state, recorded last', () => {
    fc.assert(
      fc.property(world, (w) => {
        const { driver } = play(w);
        expect(driver.isClosed).toBe(true);
        for (const records of byUtterance(driver.records).values()) {
          expect(records.filter(isFinal).length).toBe(1);
          expect(records.findIndex(isFinal)).toBe(records.length - 1);
        }
        const { utterances } = driver.machine.snapshot(driver.now);
        expect(utterances.filter((utterance) => utterance.times.endedAt === undefined)).toEqual([]);
        expect(new Set(utterances.map((u) => u.utteranceId))).toEqual(
          new Set(driver.records.map((r) => r.utteranceId)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('says nothing twice unless it was interrupted, its outcome was unknown, or the plan wants it', () => {
    fc.assert(
      fc.property(world, (w) => {
        const { driver, outcomes } = play(w);
        const records = byUtterance(driver.records);
        for (const [id, answers] of outcomes) {
          const repeats = (records.get(id) ?? []).filter((r) => r.final === false && r.state !== 'sending').length;
          const maybeSaid = answers.filter((outcome) => outcome === 'accepted' || outcome === 'unknown').length;
          const retries = answers.includes('unknown') ? 1 : 0;
          expect(maybeSaid).toBeLessThanOrEqual(1 + repeats + retries);
          expect(repeats).toBeLessThanOrEqual(3);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('POSTs only what the ledger holds as being sent', () => {
    fc.assert(
      fc.property(world, (w) => {
        const { driver } = play(w);
        const order: string[] = [];
        for (const action of driver.actions) {
          if (action.kind === 'append') {
            const { utteranceId, state, final } = action.record;
            order.push(`${utteranceId} ${state}${final === false ? ' put back' : ''}`);
          }
          if (action.kind !== 'post') continue;
          for (const id of action.utteranceIds) {
            expect(order.filter((entry) => entry.startsWith(`${id} `)).at(-1)).toBe(`${id} sending`);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not talk over the caller, except cutting in or when the hold has reached its bound', () => {
    fc.assert(
      fc.property(world, (w) => {
        const { driver, talkedOver } = play(w);
        for (const post of talkedOver) {
          if (post.message.kind === 'add-message' && !post.message.triggersReply) continue;
          if (post.message.kind === 'say' && post.message.interruptAssistant) continue;
          const sending = driver.records.filter(
            (r) =>
              r.utteranceId === post.utteranceId && r.times.sendingAt !== undefined && r.times.sendingAt <= post.at,
          );
          const { heldAt } = sending.at(-1)?.times ?? {};
          const cutsIn = driver.actions.some(
            (a) => a.kind === 'post' && a.utteranceIds.includes(post.utteranceId) && a.message.kind === 'add-message',
          );
          if (!cutsIn) expect(post.at).toBeGreaterThanOrEqual((heldAt ?? Infinity) + 20_000);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('says those of one class in the order in which they came', () => {
    const polite = fc.array(fc.record({ at, class: fc.constantFrom('urgent' as const, 'result' as const) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(world, polite, (w, items) => {
        const turns = w.happenings.filter((h) => h.what === 'turn' || h.what === 'interrupted');
        const happenings: Happening[] = [
          { what: 'status', at: 0, status: 'in-progress' },
          ...turns,
          ...items.map((item) => ({ what: 'announcement' as const, at: item.at, plan: { class: item.class } })),
        ];
        const { driver } = play({ ...w, happenings });
        for (const speechClass of ['urgent', 'result'] as const) {
          const ofClass = new Set(driver.records.filter((r) => r.class === speechClass).map((r) => r.utteranceId));
          const first = [...new Set(driver.posts.flatMap((post) => post.utteranceIds))].filter((id) => ofClass.has(id));
          const queued = driver.machine.snapshot(driver.now).utterances.map((u) => u.utteranceId);
          expect(first).toEqual(queued.filter((id) => first.includes(id)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('ends each hold: in a call that stays in progress nothing waits for ever', () => {
    fc.assert(
      fc.property(world, (w) => {
        const happenings: Happening[] = [
          { what: 'status', at: 0, status: 'in-progress' },
          ...w.happenings.filter((h) => h.what !== 'status'),
        ];
        const { driver } = play({ ...w, happenings, endsAt: 2_000_000 });
        const bound = START + LAST_MS + 35_000 + 700_000;
        for (const record of driver.records) {
          expect(record.reason === 'call-ended').toBe(false);
          expect(record.times.endedAt ?? 0).toBeLessThan(bound);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is deterministic', () => {
    fc.assert(
      fc.property(world, (w) => {
        expect(play(w).driver.actions).toEqual(play(w).driver.actions);
      }),
      { numRuns: 100 },
    );
  });
});

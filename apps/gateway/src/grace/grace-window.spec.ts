import { describe, expect, it } from '@jest/globals';
import { GraceWindow } from './grace-window.js';
import type { FoundClaim, GraceEvent, InlineAnswer } from './grace-window.types.js';

const ANSWER: InlineAnswer = { as: 'result', text: 'Your order is on its way.' };
const EARLIER: InlineAnswer = { as: 'result', text: 'What the first webhook was told.' };
const INLINE: FoundClaim = { kind: 'inline', answer: EARLIER, revision: 7, isDelivered: false };
const DELIVERED: FoundClaim = { ...INLINE, isDelivered: true };
const SPOKEN: FoundClaim = { kind: 'spoken' };

const stored: GraceEvent = { type: 'stored' };
const storedBefore: GraceEvent = { type: 'stored-before' };
const result: GraceEvent = { type: 'result', answer: ANSWER };
const deadline: GraceEvent = { type: 'deadline' };
const settle: GraceEvent = { type: 'settle' };
const claimed: GraceEvent = { type: 'claimed', revision: 3 };
const failed: GraceEvent = { type: 'claim-failed' };
const gone: GraceEvent = { type: 'client-gone' };
const flushed: GraceEvent = { type: 'flushed' };
const withdrawn: GraceEvent = { type: 'withdrawn' };
const found = (claim: FoundClaim): GraceEvent => ({ type: 'found', claim });
const recalled = (facts: { claim?: FoundClaim; answer?: InlineAnswer; hasGrace?: boolean } = {}): GraceEvent => ({
  type: 'recalled',
  facts: { hasGrace: true, ...facts },
});

/** Plays events and gives what the last one led to. */
function after(...events: readonly GraceEvent[]) {
  const window = new GraceWindow();
  const steps = events.map((event) => window.handle(event));
  return { state: window.stateName, actions: steps.at(-1) ?? [], all: steps.flat() };
}

const claimInline = { type: 'claim', claim: ANSWER };
const claimSpoken = { type: 'claim', claim: 'spoken' };
const release = { type: 'release' };
const ready = { type: 'ready' };
const pendingAnswer = { type: 'answer' };
const count = (outcome: string): object => ({ type: 'count', outcome });

describe('a grace window', () => {
  it('claims a result in time inline, when the response can be written, and answers with it', () => {
    expect(after(stored)).toMatchObject({ state: 'waiting', actions: [] });
    expect(after(stored, result)).toMatchObject({ state: 'held', actions: [release, ready] });
    expect(after(stored, result, settle)).toMatchObject({ state: 'claiming', actions: [claimInline] });
    expect(after(stored, result, settle, claimed)).toMatchObject({
      state: 'inline',
      actions: [{ type: 'answer', answer: ANSWER }],
    });
    expect(after(stored, result, settle, claimed, flushed)).toMatchObject({
      state: 'done',
      actions: [{ type: 'mark-delivered', answer: ANSWER, revision: 3 }, count('inline')],
    });
  });

  it('takes a result that is ahead of the acknowledgement', () => {
    expect(after(result)).toMatchObject({ state: 'publishing', actions: [] });
    expect(after(result, stored)).toMatchObject({ state: 'held', actions: [release, ready] });
    expect(after(result, deadline, stored)).toMatchObject({ state: 'held', actions: [release, ready] });
  });

  it('claims for speech at the deadline, and only then answers "pending"', () => {
    expect(after(stored, deadline)).toMatchObject({ state: 'yielding', actions: [release, claimSpoken] });
    expect(after(stored, deadline, result)).toMatchObject({ state: 'yielding', actions: [] });
    expect(after(stored, deadline, claimed)).toMatchObject({
      state: 'done',
      actions: [release, ready, pendingAnswer, count('pending')],
    });
    expect(after(deadline, stored).actions).toEqual([release, claimSpoken]);
  });

  it('answers "pending" at the deadline too when it cannot claim: the notifier will', () => {
    expect(after(stored, deadline, failed).actions).toEqual([release, ready, pendingAnswer, count('pending')]);
  });

  it('keeps a result in time while other tool calls of the webhook wait, beyond its own deadline', () => {
    expect(after(stored, result, deadline)).toMatchObject({ state: 'held', actions: [] });
    expect(after(stored, result, deadline, settle).actions).toEqual([claimInline]);
  });

  it('answers "pending" when the notifier has claimed the result first', () => {
    expect(after(stored, result, settle, found(SPOKEN))).toMatchObject({
      state: 'done',
      actions: [release, ready, pendingAnswer, count('pending')],
    });
    expect(after(stored, deadline, found(SPOKEN)).actions).toContainEqual(pendingAnswer);
  });

  it('answers as another replica has claimed inline, from its claim, and owns it from then on', () => {
    const takeOver = { type: 'take-over', answer: EARLIER, revision: 7 };
    expect(after(stored, result, settle, found(INLINE)).actions).toEqual([takeOver]);
    expect(after(stored, result, settle, found(INLINE), claimed).actions).toEqual([
      { type: 'answer', answer: EARLIER },
    ]);
    expect(after(stored, deadline, found(INLINE))).toMatchObject({ state: 'held', actions: [release, ready] });
    expect(after(stored, deadline, found(INLINE), settle).actions).toEqual([takeOver]);
  });

  it('answers "pending" when it is not known whether its claim was written, and withdraws it', () => {
    expect(after(stored, result, settle, failed).actions).toEqual([
      { type: 'make-spoken' },
      release,
      ready,
      pendingAnswer,
      count('pending'),
    ]);
  });

  it.each<[string, readonly GraceEvent[]]>([
    ['before the acknowledgement', [gone, stored]],
    ['while it waits', [stored, gone]],
    ['with a result in hand', [stored, result, gone]],
  ])('claims for speech at once when the sender hangs up %s', (_, events) => {
    const { state, all } = after(...events);
    expect(state).toBe('yielding');
    expect(all.filter(({ type }) => type === 'claim')).toEqual([claimSpoken]);
    expect(after(...events, claimed).actions).toContainEqual(count('abandoned'));
  });

  it.each<[string, readonly GraceEvent[]]>([
    ['while it claims', [stored, result, settle, gone, claimed]],
    ['between claim and flush', [stored, result, settle, claimed, gone]],
    ['while it takes over', [storedBefore, recalled({ claim: INLINE }), settle, gone, claimed]],
    ['between take-over and flush', [storedBefore, recalled({ claim: INLINE }), settle, claimed, gone]],
  ])('withdraws its inline claim when the sender hangs up %s', (_, events) => {
    const { state, actions, all } = after(...events);
    expect(state).toBe('done');
    expect(actions).toEqual(expect.arrayContaining([{ type: 'make-spoken', revision: 3 }, count('abandoned')]));
    expect(all.filter(({ type }) => type === 'answer')).toHaveLength(1);
  });

  it('does not withdraw what was flushed, whatever the connection does afterwards', () => {
    expect(after(stored, result, settle, claimed, flushed, gone).actions).toEqual([]);
  });

  it('answers a repeat from the claim of the earlier webhook', () => {
    expect(after(storedBefore)).toMatchObject({ state: 'recalling', actions: [{ type: 'recall' }] });
    expect(after(storedBefore, recalled({ claim: SPOKEN })).actions).toEqual([
      release,
      ready,
      pendingAnswer,
      count('repeated'),
    ]);
    expect(after(storedBefore, recalled({ claim: INLINE }), settle, claimed, flushed)).toMatchObject({
      all: expect.arrayContaining([
        { type: 'take-over', answer: EARLIER, revision: 7 },
        { type: 'answer', answer: EARLIER },
        count('repeated'),
      ]),
    });
    // It was withdrawn in between.
    expect(after(storedBefore, recalled({ claim: INLINE }), settle, found(SPOKEN)).actions).toContainEqual(
      pendingAnswer,
    );
    expect(after(storedBefore, recalled({ claim: INLINE }), settle, failed).actions).toEqual(
      expect.arrayContaining([{ type: 'make-spoken', revision: 7 }, pendingAnswer]),
    );
    expect(after(storedBefore, recalled({ claim: INLINE }), gone).all.map(({ type }) => type)).not.toContain('claim');
  });

  it.each<[string, readonly GraceEvent[]]>([
    ['when it looks', [storedBefore, recalled({ claim: DELIVERED }), settle]],
    ['at the deadline', [stored, deadline, found(DELIVERED), settle]],
    ['when it claims', [stored, result, settle, found(DELIVERED)]],
    ['when it takes over', [storedBefore, recalled({ claim: INLINE }), settle, found(DELIVERED)]],
  ])('repeats a delivered answer that it finds %s, and touches its claim no more', (_, events) => {
    const { state, actions } = after(...events);
    expect(state).toBe('done');
    expect(actions).toEqual([{ type: 'answer', answer: EARLIER }, count('repeated')]);
    expect(after(...events, gone).actions).toEqual([]);
    expect(after(...events.slice(0, -1), gone, ...events.slice(-1)).all.map(({ type }) => type)).not.toContain(
      'make-spoken',
    );
  });

  it('refuses a webhook whose delivered answer it would repeat, like any other', () => {
    expect(after(storedBefore, recalled({ claim: DELIVERED }), withdrawn)).toMatchObject({
      state: 'done',
      actions: [release, ready, pendingAnswer],
    });
  });

  it('lets a repeat without a claim take part in the wait again', () => {
    expect(after(storedBefore, recalled())).toMatchObject({ state: 'waiting', actions: [] });
    expect(after(storedBefore, recalled({ answer: ANSWER }))).toMatchObject({ state: 'held' });
    expect(after(storedBefore, result, recalled(), settle).actions).toEqual([claimInline]);
    expect(after(storedBefore, deadline, recalled()).actions).toEqual([release, claimSpoken]);
    expect(after(storedBefore, gone, recalled({ answer: ANSWER })).actions).toEqual([release, claimSpoken]);
  });

  it('never answers inline what the notifier speaks without a look at the ledger', () => {
    expect(after(storedBefore, result, recalled({ hasGrace: false, answer: ANSWER }))).toMatchObject({
      state: 'done',
      actions: [release, ready, pendingAnswer, count('pending')],
    });
    expect(after(storedBefore, result, { type: 'recall-failed' }).actions).toEqual([release, claimSpoken]);
  });

  it.each<[string, readonly GraceEvent[]]>([
    ['before the acknowledgement', []],
    ['while it waits', [stored]],
    ['with a result in hand', [stored, result]],
    ['while it asks about the earlier webhook', [storedBefore]],
    ['while it claims for speech', [stored, deadline]],
  ])('stops listening and claims nothing when the webhook is refused %s', (_, events) => {
    const { state, actions } = after(...events, withdrawn);
    expect(state).toBe('done');
    expect(actions).toEqual([release, ready, pendingAnswer]);
    expect(after(...events, withdrawn, result).actions).toEqual([]);
    expect(after(...events, withdrawn, claimed).actions).toEqual([]);
  });
});

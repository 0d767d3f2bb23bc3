import { describe, expect, it } from '@jest/globals';
import { ScenarioSource } from '../scenario/scenario-source.js';
import type { FaultPlan } from './fault-plan.js';
import { planFaults } from './faults.js';

function plan(faults: string, publicKey?: string): FaultPlan {
  return planFaults(
    new ScenarioSource('spec.yaml', `name: x\nsteps: []\nfaults: ${faults}`).forCall(1).faults,
    publicKey,
  );
}

const speech = (status: string, role: string) => ({ type: 'speech-update', status, role });
const attempt = (atMs: number, authorization?: string) => ({ atMs, authorization });

describe('the fault switches', () => {
  it('do nothing when there are none', () => {
    const none = plan('{}');
    expect(none.webhook(speech('stopped', 'user'))).toBeUndefined();
    expect(none.speech()).toBeUndefined();
    expect(none.control(attempt(0))).toBeUndefined();
  });

  it('lose the stopped events they are told to, of the role they are told to', () => {
    const faults = plan('{ loseSpeechStopped: { role: user, nth: 2 } }');
    const stopped = (role: string) => faults.webhook(speech('stopped', role))?.kind;
    expect(faults.webhook(speech('started', 'user'))).toBeUndefined();
    expect([stopped('user'), stopped('assistant'), stopped('user'), stopped('user')]).toEqual([
      undefined,
      undefined,
      'lost',
      undefined,
    ]);
  });

  it('lose speech events of one status and role', () => {
    const faults = plan('{ loseSpeechUpdate: { role: user, status: started, nth: [1, 3] } }');
    const fate = (status: string, role: string) => faults.webhook(speech(status, role))?.kind;
    expect(fate('stopped', 'user')).toBeUndefined();
    expect(fate('started', 'assistant')).toBeUndefined();
    expect([1, 2, 3].map(() => fate('started', 'user'))).toEqual(['lost', undefined, 'lost']);
  });

  it('hold back the speech events they are told to', () => {
    const faults = plan('{ lateSpeechUpdate: { role: user, status: stopped, nth: 1, delayMs: 3000 } }');
    expect(faults.webhook(speech('started', 'user'))).toBeUndefined();
    const late = { kind: 'held', holdMs: 3_000, cause: 'lateSpeechUpdate' };
    expect([1, 2].map(() => faults.webhook(speech('stopped', 'user')))).toEqual([late, undefined]);
  });

  it.each([
    ['lost', { kind: 'lost' }],
    ['late', { kind: 'held', holdMs: 700 }],
    ['twice', { kind: 'twice', againAfterMs: 700 }],
  ])('make user-interrupted come %s', (delivery, fate) => {
    const faults = plan(`{ userInterrupted: { delivery: ${delivery}, delayMs: 700, nth: 2 } }`);
    const interrupted = { type: 'user-interrupted', status: undefined, role: undefined };
    expect(faults.webhook(speech('stopped', 'user'))).toBeUndefined();
    expect(faults.webhook(interrupted)).toBeUndefined();
    expect(faults.webhook(interrupted)).toMatchObject(fate);
  });

  it('lose all speech events', () => {
    const faults = plan('{ noSpeechEvents: true }');
    expect(faults.webhook(speech('started', 'user'))).toMatchObject({ kind: 'lost', cause: 'noSpeechEvents' });
    expect(faults.webhook({ type: 'user-interrupted', status: undefined, role: undefined })).toMatchObject({
      kind: 'lost',
    });
    expect(faults.webhook({ type: 'status-update', status: 'ended', role: undefined })).toBeUndefined();
  });

  it('shed speech events after failures in a row, until there is an answer', () => {
    const faults = plan('{ shedSpeechUpdates: { afterFailures: 2 } }');
    const fate = () => faults.webhook(speech('started', 'user'))?.kind;
    faults.gatewayAnswered(false);
    expect(fate()).toBeUndefined();
    faults.gatewayAnswered(false);
    expect(fate()).toBe('lost');
    faults.gatewayAnswered(true);
    expect(fate()).toBeUndefined();
  });

  it('drop or delay the utterances they are told to', () => {
    const faults = plan('{ silentDrop: { nth: 2 }, lateRender: { delayMs: 5000, nth: [1, 2] } }');
    expect([faults.speech(), faults.speech(), faults.speech()]).toEqual([
      { kind: 'late', delayMs: 5_000, cause: 'lateRender' },
      { kind: 'dropped', cause: 'silentDrop' },
      undefined,
    ]);
  });

  it('answer single control POSTs with an error, or a burst of them for a time', () => {
    const single = plan('{ controlErrors: { status: 500, nth: 2 } }');
    expect([single.control(attempt(0)), single.control(attempt(1)), single.control(attempt(2))]).toEqual([
      undefined,
      { kind: 'status', status: 500, accepted: false, cause: 'controlErrors' },
      undefined,
    ]);
    const burst = plan('{ controlErrors: { forMs: 4000, nth: 1, accepted: true } }');
    expect([100, 200, 4_099, 4_100].map((atMs) => burst.control(attempt(atMs))?.kind)).toEqual([
      'status',
      'status',
      'status',
      undefined,
    ]);
  });

  it('let control POSTs hang', () => {
    expect(plan('{ controlHang: { forMs: 8000, nth: 1 } }').control(attempt(0))).toMatchObject({
      kind: 'hang',
      forMs: 8_000,
      accepted: false,
    });
  });

  it('ask for the public key before anything else', () => {
    const faults = plan('{ controlAuthentication: true, controlErrors: { status: 500 } }', 'pub');
    expect(faults.control(attempt(0))).toMatchObject({ reply: { status: 401 } });
    expect(faults.control(attempt(0, 'Bearer private'))).toMatchObject({ reply: { status: 401 } });
    expect(faults.control(attempt(0, 'Bearer pub'))).toMatchObject({ status: 500 });
  });

  it('hold back every so many webhooks', () => {
    const faults = plan('{ reorderWebhooks: { types: [speech-update], holdMs: 300, every: 2 } }');
    const fate = () => faults.webhook(speech('started', 'user'));
    expect([fate(), fate(), fate()]).toEqual([
      undefined,
      { kind: 'held', holdMs: 300, cause: 'reorderWebhooks' },
      undefined,
    ]);
  });
});

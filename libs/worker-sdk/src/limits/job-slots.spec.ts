import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { JobSlots } from './job-slots.js';
import type { Ticket } from './job-slots.js';

const ignore = (): void => undefined;

describe('JobSlots', () => {
  it('lets so many of a call run, and others past those that wait for their call', () => {
    const slots = new JobSlots({ concurrency: 3, perCall: 2 });
    const [a1, a2, a3] = ['a', 'a', 'a'].map((call) => slots.enter(call, ignore));
    const b1 = slots.enter('b', ignore);
    expect([a1, a2, a3, b1].map((ticket) => ticket?.state)).toEqual(['running', 'running', 'call-limit', 'running']);
    expect(slots.waiting).toEqual({ 'call-limit': 1, concurrency: 0 });
  });

  it('lets the next of the same call in, in order, before it returns', () => {
    const slots = new JobSlots({ concurrency: 3, perCall: 1 });
    const changes: string[] = [];
    const first = slots.enter('a', ignore);
    const second = slots.enter('a', () => changes.push(second.state));
    const third = slots.enter('a', () => changes.push('third'));
    slots.leave(first);
    expect(changes).toEqual(['running']);
    expect(third.state).toBe('call-limit');
  });

  it('makes one that its call lets run wait for a place', () => {
    const slots = new JobSlots({ concurrency: 1, perCall: 1 });
    const a1 = slots.enter('a', ignore);
    const a2 = slots.enter('a', ignore);
    const b1 = slots.enter('b', ignore);
    expect([a2.state, b1.state]).toEqual(['call-limit', 'concurrency']);
    slots.leave(a1);
    // b came first among those whose call lets them run.
    expect([a2.state, b1.state]).toEqual(['concurrency', 'running']);
    slots.leave(b1);
    expect(a2.state).toBe('running');
  });

  it('keeps to its limits, never leaves a place empty, and forgets calls that are over', () => {
    const step = fc.record({ leaves: fc.boolean(), call: fc.nat(3), which: fc.nat(30) });
    const limits = fc.record({ concurrency: fc.integer({ min: 1, max: 5 }), perCall: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 120 }), ({ concurrency, perCall }, steps) => {
        const slots = new JobSlots({ concurrency, perCall });
        const tickets: Ticket[] = [];
        for (const { leaves, call, which } of steps) {
          const [leaving] = leaves ? tickets.splice(which % Math.max(1, tickets.length), 1) : [];
          if (leaving !== undefined) slots.leave(leaving);
          else tickets.push(slots.enter(String(call), ignore));
          const running = tickets.filter(({ state }) => state === 'running');
          expect(running.length).toBeLessThanOrEqual(concurrency);
          const held = (id: string) => tickets.filter((t) => t.callId === id && t.state !== 'call-limit').length;
          for (const ticket of tickets) {
            expect(held(ticket.callId)).toBeLessThanOrEqual(perCall);
            if (ticket.state === 'call-limit') expect(held(ticket.callId)).toBe(perCall);
            if (ticket.state === 'concurrency') expect(running).toHaveLength(concurrency);
          }
          const waiting = (state: string) => tickets.filter((ticket) => ticket.state === state).length;
          expect(slots.waiting).toEqual({ 'call-limit': waiting('call-limit'), concurrency: waiting('concurrency') });
        }
        for (const ticket of tickets) slots.leave(ticket);
        expect((slots as unknown as { lanes: Map<string, unknown> }).lanes.size).toBe(0);
      }),
    );
  });
});

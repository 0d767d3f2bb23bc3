import { describe, expect, it } from '@jest/globals';
import { childOf, childTraceparent, formatTraceparent, newTrace, parseTraceparent } from './traceparent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-ff`, true],
    [` 00-${TRACE}-${SPAN}-01 `, true],
    [`cc-${TRACE}-${SPAN}-01-what-the-future-brings`, true],
  ])('reads %s', (header, sampled) => {
    expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  });

  it.each([
    undefined,
    null,
    7,
    '',
    'x',
    [`00-${TRACE}-${SPAN}-01`],
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}`,
    `cc-${TRACE}-${SPAN}-01-${'x'.repeat(1000)}`,
  ])('refuses %j', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('writes what it reads', () => {
    const trace = newTrace();
    expect(parseTraceparent(formatTraceparent(trace))).toEqual(trace);
  });

  it('goes on with a trace under a new span', () => {
    const parent = newTrace();
    const child = childOf(parent);
    expect([child.traceId, child.sampled]).toEqual([parent.traceId, true]);
    expect(child.spanId).not.toBe(parent.spanId);
    expect(childTraceparent(`cc-${TRACE}-${SPAN}-00-more`)).toMatch(
      new RegExp(`^00-${TRACE}-(?!${SPAN})[0-9a-f]{16}-00$`),
    );
  });

  it('begins a trace where there is none', () => {
    expect(parseTraceparent(childTraceparent('nonsense'))).toBeDefined();
    expect(childTraceparent()).not.toBe(childTraceparent());
  });
});

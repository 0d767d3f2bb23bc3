import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EventTypes } from './outgoing-events.js';
import { Buckets, CallEventNames, Streams } from './subjects.js';

const reference = readFileSync(join(import.meta.dirname, '../../../docs/reference/events.md'), 'utf8');

/** First cells of the table rows below a heading. */
function rows(heading: string): string[] {
  const section = reference.split('\n## ').find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` +\|/gm)].map((match) => match[1] ?? '');
}

describe('docs/reference/events.md', () => {
  it('lists every stream', () => {
    expect(rows('Streams').sort()).toEqual(Object.values(Streams).sort());
  });

  it('lists every event type', () => {
    expect(rows('Events').sort()).toEqual(Object.values(EventTypes).sort());
  });

  it.each(Object.values(CallEventNames))('shows the subject of %s', (event) => {
    expect(reference).toContain(`\`calls.<partition>.<callToken>.${event}`);
  });

  it('lists every bucket', () => {
    expect([...new Set(rows('KV buckets'))].sort()).toEqual(Object.values(Buckets).sort());
  });
});

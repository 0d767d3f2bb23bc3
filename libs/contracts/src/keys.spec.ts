import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { announcementKey, callToken, duplicateKey, toolCallKey } from './keys.js';
import { DEFAULT_PARTITIONS, fnv1a, partitionOf } from './partition.js';
import { Subjects, TOOL_NAME } from './subjects.js';

const SUBJECT_TOKEN = /^[a-z2-7]{26}$/;

describe('keys', () => {
  it('are fit for subjects, KV keys and message ids, whatever the foreign id is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (callId, id) => {
        for (const key of [callToken(callId), toolCallKey(callId, id), announcementKey(callId, id)]) {
          expect(key).toMatch(SUBJECT_TOKEN);
        }
      }),
    );
  });

  it('tell apart ids that are alike when put together, and what they stand for', () => {
    expect(toolCallKey('a', 'bc')).not.toBe(toolCallKey('ab', 'c'));
    expect(toolCallKey('a', 'b')).not.toBe(announcementKey('a', 'b'));
    expect(toolCallKey('a', 'b')).toBe(toolCallKey('a', 'b'));
  });

  // Stored data and running replicas of other versions depend on these: a change needs a migration.
  it('never change', () => {
    expect(callToken('019a9c95-0000-7000-8000-000000000001')).toBe('uovdyi24tjsumi3n56meoule5q');
    expect(toolCallKey('c', 't')).toBe('tb3ktami5ne5fduov5foj7wg7m');
  });
});

describe('partitions', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('follow the published FNV-1a vector of "%s"', (text, hash) => {
    expect(fnv1a(text)).toBe(hash);
  });

  it('spread call ids evenly and stay within bounds', () => {
    const counts = new Array<number>(DEFAULT_PARTITIONS).fill(0);
    for (let i = 0; i < 16_000; i += 1) {
      const partition = partitionOf(
        `019a9c95-${String(i).padStart(4, '0')}-7000-8000-${String(i * 7919).padStart(12, '0')}`,
      );
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1200);
  });
});

describe('subjects', () => {
  it('take a tool name as a token only if Vapi allows it', () => {
    expect(Subjects.toolCall('build_report', 3, 'k')).toBe('tool-calls.build_report.3.k');
    for (const bad of ['', 'a.b', 'a b', '>', '*', 'ü', 'x'.repeat(65)]) expect(TOOL_NAME.test(bad)).toBe(false);
  });
});

describe('duplicateKey', () => {
  it('is the same for equal arguments in any order, and another one for any other', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (args, extra) => {
        const turned = Object.fromEntries(Object.entries(args).reverse());
        expect(duplicateKey('call', 'tool', turned)).toBe(duplicateKey('call', 'tool', args));
        expect(duplicateKey('call', 'tool', { ...args, ['__extra']: extra })).not.toBe(
          duplicateKey('call', 'tool', args),
        );
      }),
    );
    expect(duplicateKey('call', 'tool')).not.toBe(duplicateKey('call', 'tool', {}));
    expect(duplicateKey('call', 'tool')).not.toBe(duplicateKey('other', 'tool'));
  });
});

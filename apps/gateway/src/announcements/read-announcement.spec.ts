import { describe, expect, it } from '@jest/globals';
import { readAnnouncement } from './read-announcement.js';

const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

describe('readAnnouncement', () => {
  it('takes a text alone, and everything that may be wished', () => {
    expect(readAnnouncement({ text: 'Your taxi is there.' })).toEqual({
      ok: true,
      body: { text: 'Your taxi is there.' },
    });
    const body = { id: 'taxi-7', text: 'x'.repeat(10_000), speech: { class: 'urgent', timing: 'interrupt' } };
    expect(readAnnouncement(body)).toEqual({ ok: true, body });
  });

  it('lists every problem by its field', () => {
    const read = readAnnouncement({
      id: ' ',
      text: '',
      speech: { timing: 'soon', expiresInMs: 1, loud: true },
      txt: 'x',
    });
    expect(read).toEqual({
      ok: false,
      problems: expect.arrayContaining([
        'txt is not known here',
        'id must hold a visible character',
        expect.stringMatching(/^text must be longer than/),
        expect.stringMatching(/^speech\.timing must be one of/),
        expect.stringMatching(/^speech\.expiresInMs must not be less than 1000/),
        'speech.loud is not known here',
      ]),
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /JSON object/],
    ['null', null, /JSON object/],
    ['a list', [{ text: 'a' }], /JSON object/],
    ['a string', 'say it', /JSON object/],
    ['no text', {}, /^text must be/],
    ['a text that is none', { text: 7 }, /^text must be/],
    ['a text that cannot be said', { text: '...\n!' }, /^text must hold something/],
    ['a text too long', { text: 'x'.repeat(10_001) }, /^text must be shorter/],
    ['an id too long', { id: 'i'.repeat(513), text: 'a' }, /^id must be shorter/],
    ['a plan that is none', { text: 'a', speech: 'loud' }, /^speech/],
    ['a list of plans', { text: 'a', speech: [{ timing: 'soon' }] }, /^speech/],
    ['nesting that exhausts the stack', { text: 'a', speech: deep(30_000) }, /cannot be read/],
  ])('refuses %s with a word about it', (_, body, problem) => {
    const read = readAnnouncement(body);
    expect(read).toMatchObject({ ok: false, problems: expect.arrayContaining([expect.stringMatching(problem)]) });
  });

  it.each([
    '{"text":"a","constructor":{"a":1},"speech":{"constructor":"Ferrari","timing":"interrupt"}}',
    '{"text":"a","__proto__":{"id":"x"},"speech":{"timing":"interrupt"}}',
  ])('lets nothing through that is no field: %s', (json) => {
    const read = readAnnouncement(JSON.parse(json));
    expect(JSON.stringify(read)).toBe('{"ok":true,"body":{"text":"a","speech":{"timing":"interrupt"}}}');
    expect(read.ok && read.body.id).toBeUndefined();
  });

  it('quotes no value, and is bounded', () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`${'f'.repeat(200)}${String(index)}`, 1]),
    );
    const read = readAnnouncement({ ...many, text: { secret: 'private words' }, id: 'private words'.repeat(100) });
    const text = JSON.stringify(read);
    expect(text).not.toContain('private');
    expect(text.length).toBeLessThan(4000);
  });
});

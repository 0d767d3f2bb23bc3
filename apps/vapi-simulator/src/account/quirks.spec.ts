import { describe, expect, it } from '@jest/globals';
import { Account } from './account.js';
import { changeQuirks, DEFAULT_QUIRKS, readQuirks } from './quirks.js';
import { applySeed, parseSeed, readSeed } from './seed.js';

describe('quirks', () => {
  it('change one by one', () => {
    expect(changeQuirks(DEFAULT_QUIRKS, { patchType: 'ignore', minimumSpacingMs: 700 })).toEqual({
      ok: true,
      quirks: { ...DEFAULT_QUIRKS, patchType: 'ignore', minimumSpacingMs: 700 },
    });
  });

  it('are read from one line', () => {
    expect(readQuirks('patchType=ignore, minimumSpacingMs=700,')).toEqual({
      ok: true,
      quirks: { ...DEFAULT_QUIRKS, patchType: 'ignore', minimumSpacingMs: 700 },
    });
    expect(readQuirks('')).toEqual({ ok: true, quirks: DEFAULT_QUIRKS });
  });

  it.each([
    ['patchType=maybe', 'patchType: expected one of refuse, ignore'],
    ['minimumSpacingMs=', 'minimumSpacingMs: expected a number of ms from 0 to 60000'],
    ['minimumSpacingMs=soon', 'minimumSpacingMs: expected a number of ms from 0 to 60000'],
    ['toString=1', `toString: expected one of ${Object.keys(DEFAULT_QUIRKS).join(', ')}`],
  ])('are refused: %s', (text, problem) => {
    expect(readQuirks(text)).toEqual({ ok: false, problems: [problem] });
  });
});

describe('a seed', () => {
  it('fills an account with what others left, unchecked, with its ids and times', () => {
    const reading = parseSeed(`
credentials: [c1]
tools:
  - { id: t1, type: function, function: { name: old }, unknown: 1, createdAt: "2026-01-01", latestVersion: v7 }
assistants:
  - { id: a1, name: Ann, model: { toolIds: [t1] } }
`);
    if (!reading.ok) throw new Error(reading.problems.join('\n'));
    const account = new Account();
    expect(applySeed(account, reading.seed)).toEqual(['t1', 'a1']);
    expect(account.get('tool', 't1').body).toMatchObject({
      unknown: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      latestVersion: 'v7',
      orgId: account.orgId,
    });
    expect(account.deleteTool('t1').status).toBe(409);
  });

  it.each([
    [[], 'expected a mapping with tools, assistants, credentials'],
    [{ tool: [] }, 'tool: expected one of tools, assistants, credentials'],
    [{ tools: {} }, 'tools: expected a list'],
    [{ tools: [1] }, 'tools[0]: expected a mapping'],
    [{ tools: [{ createdAt: 'soon' }] }, 'tools[0].createdAt: expected a time like 2026-08-01T12:00:00.000Z'],
    [{ assistants: [{ latestVersion: '3' }] }, 'assistants[0].latestVersion: expected a label like v3'],
    [{ credentials: [1] }, 'credentials: expected a list of ids'],
  ])('is refused: %j', (given, problem) => {
    expect(readSeed(given)).toEqual({ ok: false, problems: [problem] });
  });

  it('is refused when it is no YAML', () => {
    expect(parseSeed('{')).toEqual({ ok: false, problems: ['expected YAML or JSON'] });
  });
});

import { describe, expect, it } from '@jest/globals';
import { readJson, withReadFences } from './json-reading.js';
import { spokenLanguage } from './spoken-language.js';

const en = spokenLanguage('en');
const de = spokenLanguage('de');

describe('readJson', () => {
  it.each<[string, unknown, string]>([
    [
      'keys as words',
      { estimatedDelivery: 'soon', order_status: 'ok', ETALocal: 'noon', orderID: 'x' },
      'estimated delivery: soon, order status: ok, ETA local: noon, order ID: x',
    ],
    ['no null, no empty', { a: null, b: '', c: ' ', d: [], e: {}, f: 'x' }, 'f: x'],
    ['nothing at all', { a: null }, ''],
    ['yes and no', { paid: true, open: false }, 'paid: yes, open: no'],
    [
      'counts, ids and years',
      { people: 12345, orderId: 12345, year: 2026, rate: 0.125 },
      'people: 12,345, order id: 12345, year: 2026, rate: 0.125',
    ],
    ['no machine keys or clocks', { _id: 'x', $schema: 'y', createdAt: 1_700_000_000_000, ok: 'z' }, 'ok: z'],
    [
      'objects flat',
      { customer: { name: 'Jo', home: { city: 'Bonn' } } },
      'customer name: Jo, customer home city: Bonn',
    ],
    ['no envelope', { data: { status: 'ok' } }, 'status: ok'],
    ['only the words of an envelope', { message: 'Your order shipped.' }, 'Your order shipped.'],
    ['an amount with its currency', { total: { amount: 12.5, currency: 'USD' } }, 'total: 12.5 USD'],
    ['a list', ['a', 'b', 2026], 'a, b, 2026'],
    ['a long list', [1, 2, 3, 4, 5, 6, 7, null], '1, 2, 3, 4, 5, and 2 more'],
    ['records', [{ n: 'a', q: 1 }, { n: 'b' }], 'n: a, q: 1; n: b'],
    ['lists of one', [[[{ a: 'b' }]]], 'a: b'],
    ['what lies too deep, if there is nothing else', { a: { b: { c: { d: { e: 'deep' } } } } }, 'e: deep'],
    ['a text made JSON twice', JSON.stringify(JSON.stringify({ a: 'b' })), 'a: b'],
  ])('says %s', (_what, value, said) => {
    expect(readJson(JSON.stringify(value), en)).toBe(said);
  });

  it('says more than a listener takes in as a number', () => {
    const many = Object.fromEntries(
      Array.from({ length: 15 }, (_, at) => [`k${String.fromCharCode(97 + at)}`, at + 1]),
    );
    expect(readJson(JSON.stringify(many), en)).toMatch(/kl: 12, and 3 more$/);
    expect(readJson(JSON.stringify(many), de)).toMatch(/kl: 12$/);
  });

  it('says of broken JSON the scalar fields, and nothing of its own', () => {
    expect(readJson('{"status":"ship\\"ped\\nnow", "n": 5, "items":[{"na', en)).toBe('status: ship"ped now, n: 5');
    expect(readJson('[1] Foo says', en)).toBeUndefined();
    expect(readJson('{ not json', en)).toBeUndefined();
    expect(readJson('plain', en)).toBeUndefined();
  });

  it('uses the language for numbers and has no words of English for others', () => {
    expect(readJson('{"menge": 12345.5, "ok": true}', de)).toBe('menge: 12.345,5, ok: true');
  });

  it('reads fences, whole or between lines', () => {
    expect(readJson('```json\n{"a": "b"}\n```', en)).toBe('a: b');
    expect(withReadFences('See:\n```json\n{"a": "b"}\n```\nDone', en)).toBe('See:\na: b\nDone');
    expect(withReadFences('See:\n```\nrun\n```', en)).toBe('See:\n```\nrun\n```');
  });

  it('bears width and depth', () => {
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`k${at}`, at])));
    expect(readJson(wide, en)).toMatch(/more$/);
    expect(readJson('['.repeat(100_000) + ']'.repeat(100_000), en)).toBe('');
    expect(readJson('{"a":'.repeat(5000) + '"x"' + '}'.repeat(5000), en)).toBe('a: x');
  });
});

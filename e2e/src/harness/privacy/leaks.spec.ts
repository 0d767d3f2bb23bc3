import { describe, expect, it } from '@jest/globals';
import { expectNoLeaks, findLeaks } from './leaks.js';
import { PrivateValues, textsIn } from './private-values.js';
import type { PrivateKind } from './private-values.js';

const CALL_ID = '0199a9c9-5f0e-7000-8000-3c5b8d2f1a10';

function leaksOf(kind: PrivateKind, value: string, text: string): readonly PrivateKind[] {
  const values = new PrivateValues();
  values.add(kind, value);
  return findLeaks([{ where: 'log', text }], values.all).map((leak) => leak.kind);
}

describe('a private value in what was printed', () => {
  it.each<[PrivateKind, string, string]>([
    ['secret', 'horse"battery', String.raw`{"msg":"x","given":"horse\"battery"}`],
    ['secret', 'horse battery', 'GET /x?key=horse%20battery'],
    ['secret', 'horse battery', `{"basic":"${Buffer.from('horse battery').toString('base64')}"}`],
    ['secret', 'HorseBattery', 'horsebattery'],
    ['argument', 'The lamp over the door', '{"tool":{"args":["The lamp over the door"]}}'],
    ['result', 'It costs 12 (twelve) euros.', 'x It costs 12 (twelve) euros. y'],
    ['speech', 'Grüß Gott, ist da wer?', '"said":"Grüß Gott, ist da wer?"'],
    ['phone number', '+49 151 234 567-89', '{"from":4915123456789}'],
    ['phone number', '4915123456789', 'tel 49 (151) 234-567-89'],
  ])('is found: %s %s', (kind, value, text) => {
    expect(leaksOf(kind, value, text)).toContain(kind);
  });

  it.each<[PrivateKind, string]>([
    ['control URL', `{"msg":"x","to":"https://phone.vapi.ai/${CALL_ID}/control"}`],
    ['control URL', `path=%2F${CALL_ID}%2Fcontrol`],
    ['phone number', '{"customer":"+12025550100"}'],
    ['phone number', '/calls?from=%2B12025550100'],
    ['secret', 'POST http://127.0.0.1/callbacks/abcdefgh.ijklmnop.qrstuvwx'],
    ['secret', '"authorization":"Bearer abcdefgh12"'],
  ])('is known by its form alone: %s', (kind, text) => {
    expect(findLeaks([{ where: 'log', text }], []).map((leak) => leak.kind)).toEqual([kind]);
  });

  it('is not seen in what services may print', () => {
    const lines = [
      `{"level":"info","time":"2026-11-23T11:41:18.123Z","pid":1234,"callId":"${CALL_ID}","msg":"a tool call was stored"}`,
      'interject_tool_calls_total{tool="build_report",disposition="accepted"} 12345678901',
      `calls.3.k5z3nq2ab6c7d4e5f6g7h2i3j4.result.aaaaaaaaaaaaaaaaaaaaaaaaaa`,
      '{"context":"RouterExplorer","msg":"Mapped {/calls/:callId/announcements, POST} route"}',
      '$KV.control.k5z3nq2ab6c7d4e5f6g7h2i3j4',
      '{"controlUrl":"[redacted]","authorization":"[redacted]"}',
    ];
    expect(findLeaks([{ where: 'log', text: lines.join('\n') }], [])).toEqual([]);
  });

  it('fails the suite with where it was found', () => {
    const values = new PrivateValues();
    values.addSecrets({ VAPI_WEBHOOK_SECRET: 'old-secret-1, new-secret-2', LOG_LEVEL: 'information' });
    expect(values.all.map(({ value }) => value)).toEqual(['old-secret-1', 'new-secret-2']);
    const printed = [
      { where: 'log of gateway', text: 'all is well' },
      { where: 'metrics of notifier', text: 'x{y="new-secret-2"} 1' },
    ];
    expect(() => {
      expectNoLeaks(printed, values.all);
    }).toThrow('secret in the metrics of notifier: ...x{y="new-secret-2"} 1...');
    expect(() => {
      expectNoLeaks(printed.slice(0, 1), values.all);
    }).not.toThrow();
  });
});

describe('the private values of a run', () => {
  it('are the texts at any depth that tell where they come from', () => {
    expect(textsIn({ a: ['x', { b: 'y' }], c: 1, d: null, e: 'z' })).toEqual(['x', 'y', 'z']);
    const values = new PrivateValues();
    values.addTexts('argument', { region: 'north', note: 'a note that nobody else would write', ms: 5 });
    expect(values.all).toEqual([{ kind: 'argument', value: 'a note that nobody else would write' }]);
  });

  it('are bounded, and each is one', () => {
    const values = new PrivateValues();
    for (let i = 0; i < 1000; i += 1) values.add('result', `result number ${String(i % 500)}`);
    values.add('speech', 'something else');
    expect(values.all.length).toBe(401);
  });

  it('holds no number that cannot be told from others', () => {
    expect(() => leaksOf('phone number', '110', 'x')).toThrow(TypeError);
  });
});

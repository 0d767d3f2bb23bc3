import { describe, expect, it } from '@jest/globals';
import { LinePrefixer } from './line-prefixer.js';

async function through(...chunks: (string | Buffer)[]): Promise<string> {
  const prefixer = new LinePrefixer('[x] ');
  for (const chunk of chunks) prefixer.write(chunk);
  prefixer.end();
  let text = '';
  for await (const chunk of prefixer) text += String(chunk);
  return text;
}

describe('LinePrefixer', () => {
  it('prefixes whole lines, however they arrive', async () => {
    expect(await through('one\ntw', 'o\n', '\nthree\n')).toBe('[x] one\n[x] two\n[x] \n[x] three\n');
  });

  it('ends the last line', async () => {
    expect(await through('one\ntwo')).toBe('[x] one\n[x] two\n');
  });

  it('keeps a character whole that is split between chunks', async () => {
    const euro = Buffer.from('€\n');
    expect(await through(euro.subarray(0, 1), euro.subarray(1))).toBe('[x] €\n');
  });

  it('passes a line without an end on in pieces instead of collecting it', async () => {
    const text = await through('a'.repeat(300_000), 'b\n');
    expect(text).toBe(`[x] ${'a'.repeat(300_000)}\n[x] b\n`);
  });
});

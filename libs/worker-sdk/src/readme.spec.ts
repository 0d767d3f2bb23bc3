import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ToolHandlerOptions } from './index.js';

const ROOT = new URL('..', import.meta.url);
const README = readFileSync(new URL('README.md', ROOT), 'utf8');

/** Every option there is: the compiler sees to that. */
const OPTIONS: Readonly<Record<keyof ToolHandlerOptions, true>> = {
  name: true,
  description: true,
  arguments: true,
  title: true,
  mode: true,
  sayOnStart: true,
  sayOnFailure: true,
  duplicates: true,
  timeoutMs: true,
  retry: true,
  queueExpiryMs: true,
  concurrency: true,
  concurrencyPerCall: true,
  rateLimit: true,
  onCallEnded: true,
  graceMs: true,
  speech: true,
  fillers: true,
};

/** Without white space: an example may be quoted from within a block, where its lines are longer. */
function dense(text: string): string {
  return text.replace(/\s+/g, '');
}

describe('the README', () => {
  it('lists every option of @ToolHandler, and no other', () => {
    const table = README.split('## Options of `@ToolHandler`')[1]?.split('\n## ')[0] ?? '';
    const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect([...listed].sort()).toEqual(Object.keys(OPTIONS).sort());
  });

  it('quotes examples that run', () => {
    const quotes = [...README.matchAll(/<!-- example: (\S+) -->\n+```ts\n([\s\S]*?)```/g)];
    expect(quotes.length).toBeGreaterThanOrEqual(4);
    for (const [, path = '', quote = ''] of quotes) {
      const example = readFileSync(new URL(path, ROOT), 'utf8');
      expect(dense(example)).toContain(dense(quote));
    }
  });
});

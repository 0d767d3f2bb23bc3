import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expandVariables } from './variables.js';

describe('expandVariables', () => {
  let directory: string;
  let secret: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'interject-secrets-'));
    secret = join(directory, 'token');
    writeFileSync(secret, 'from-a-file\n');
    writeFileSync(join(directory, 'empty'), '\n');
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  function problemOf(env: Record<string, string>): string | undefined {
    return expandVariables('${TOKEN}', 'f', env).problems[0]?.problem;
  }

  it('puts in a variable, or the content of the file that another names', () => {
    expect(expandVariables('Bearer ${TOKEN}.', 'f', { TOKEN: 'x' })).toEqual({ text: 'Bearer x.', problems: [] });
    expect(expandVariables('Bearer ${TOKEN}.', 'f', { TOKEN_FILE: secret }).text).toBe('Bearer from-a-file.');
  });

  it('leaves what is no variable', () => {
    expect(expandVariables('$${TOKEN} ${{ arguments.price }} $5', 'f', {}).text).toBe(
      '${TOKEN} ${{ arguments.price }} $5',
    );
  });

  it('says what is wrong, without a path or a value', () => {
    expect(problemOf({})).toBe('needs the environment variable TOKEN, which is not set (nor is TOKEN_FILE)');
    expect(problemOf({ TOKEN: 'x', TOKEN_FILE: secret })).toBe('has TOKEN and TOKEN_FILE: set one of them');
    expect(problemOf({ TOKEN_FILE: join(directory, 'none') })).toBe(
      'needs the file that TOKEN_FILE names, which cannot be read (ENOENT)',
    );
    expect(problemOf({ TOKEN_FILE: join(directory, 'empty') })).toBe(
      'needs the file that TOKEN_FILE names, which is empty',
    );
  });

  it('names every variable that is missing', () => {
    const { problems } = expandVariables('${A} ${B}', 'f', {});
    expect(problems.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('variable A,'),
      expect.stringContaining('variable B,'),
    ]);
  });
});

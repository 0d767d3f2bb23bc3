import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { environment } from './environment.js';

describe('environment', () => {
  const before = process.cwd();
  let folder: string | undefined;
  afterEach(() => {
    process.chdir(before);
    if (folder !== undefined) rmSync(folder, { recursive: true });
    folder = undefined;
  });

  function inFolderWith(content: string | undefined) {
    folder = mkdtempSync(join(tmpdir(), 'environment-'));
    if (content !== undefined) writeFileSync(join(folder, '.env'), content);
    process.chdir(folder);
  }

  it('adds what a .env file says; what is set already wins', () => {
    const name = `SPEC_${String(process.pid)}`;
    inFolderWith(`# a comment\n${name}="from file"\nPATH=none\n`);
    const env = environment();
    expect(env[name]).toBe('from file');
    expect(env['PATH']).not.toBe('none');
  });

  it('needs no .env file', () => {
    inFolderWith(undefined);
    expect(environment()['PATH']).toBeDefined();
  });
});

import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfigs } from '@interject/runtime';
import { HttpWorkerConfig } from './http-worker.config.js';

const TOOLS = `
tools:
  - { name: rebuild, description: Rebuilds the index., callback: true, request: { url: 'https://b.example/rebuild' } }
  - { name: ask, description: Asks., request: { url: 'https://b.example/ask', headers: { a: '\${PATH}' } } }
`;
const ENV = { GATEWAY_PUBLIC_URL: 'https://g.example/', CALLBACK_SECRET: 'sixteen characters' };

describe('HttpWorkerConfig', () => {
  let directory: string;
  let file: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'interject-tools-'));
    file = join(directory, 'tools.yaml');
    writeFileSync(file, TOOLS);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  function load(env: Record<string, string>): HttpWorkerConfig {
    return loadConfigs([HttpWorkerConfig], { HTTP_TOOLS_FILE: file, ...env }).get(HttpWorkerConfig);
  }

  it('gives the tools, and where backends call back', () => {
    const config = load(ENV);
    expect(config.tools).toHaveLength(2);
    expect(config.callbacks).toEqual({ publicUrl: 'https://g.example', secret: 'sixteen characters' });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'callbacks without both variables',
      {},
      /HTTP_TOOLS_FILE: tool "rebuild": callback needs GATEWAY_PUBLIC_URL and CALLBACK_SECRET, which are not set/,
    ],
    [
      'callbacks without a secret',
      { GATEWAY_PUBLIC_URL: 'https://g.example' },
      /tool "rebuild": callback needs CALLBACK_SECRET, which is not set/,
    ],
    ['an address that is none', { ...ENV, GATEWAY_PUBLIC_URL: 'g.example' }, /GATEWAY_PUBLIC_URL: must be a URL like/],
    [
      'an address with a query',
      { ...ENV, GATEWAY_PUBLIC_URL: 'https://g.example/?a=b' },
      /GATEWAY_PUBLIC_URL: must be/,
    ],
    [
      'a secret that is short',
      { ...ENV, CALLBACK_SECRET: 'secret' },
      /CALLBACK_SECRET: must have at least 16 characters/,
    ],
    [
      'a file that is not there',
      { ...ENV, HTTP_TOOLS_FILE: '/nowhere/tools.yaml' },
      /\/nowhere\/tools\.yaml does not exist/,
    ],
    ['no file', { HTTP_TOOLS_FILE: '' }, /HTTP_TOOLS_FILE: .*must name the YAML file/],
  ])('refuses %s', (_case, env, text) => {
    expect(() => load(env)).toThrow(text);
  });

  it('names everything that is missing at once', () => {
    writeFileSync(join(directory, 'two.yaml'), TOOLS.replace('PATH', 'SURELY_NOT_SET'));
    const act = () => load({ HTTP_TOOLS_FILE: join(directory, 'two.yaml') });
    expect(act).toThrow(/variable SURELY_NOT_SET/);
    expect(act).toThrow(/callback needs GATEWAY_PUBLIC_URL and CALLBACK_SECRET/);
  });

  it('keeps secrets out of what the gateway shows, and out of faults', () => {
    const { tools } = load(ENV);
    const path = tools[1]?.request.headers['a'] ?? '';
    expect(path).toContain('/');
    expect(JSON.stringify(tools.map(({ definition }) => definition))).not.toContain(path);
    expect(() => load({ ...ENV, CALLBACK_SECRET: 'short-one' })).toThrow(/^(?!.*short-one)/s);
  });
});

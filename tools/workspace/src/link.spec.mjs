import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { linkProject } from './link.mjs';

describe('linkProject', () => {
  /** @type {string} */
  let root;
  const manifest = { name: '@interject/weather-worker', version: '0.1.0', dependencies: {} };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'interject-link-'));
    mkdirSync(join(root, 'apps/weather-worker'), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('links the project and notes it where npm does, also a second time', () => {
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'node_modules/.package-lock.json'), '{"packages":{}}');

    linkProject(root, 'apps/weather-worker', manifest);
    linkProject(root, 'apps/weather-worker', manifest);

    const link = join(root, 'node_modules/@interject/weather-worker');
    expect(realpathSync(link)).toBe(realpathSync(join(root, 'apps/weather-worker')));
    expect(JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8'))).toEqual({
      packages: {
        'apps/weather-worker': { name: manifest.name, version: '0.1.0' },
        'node_modules/@interject/weather-worker': { resolved: 'apps/weather-worker', link: true },
      },
    });
  });

  it('leaves everything to npm where nothing is installed', () => {
    linkProject(root, 'apps/weather-worker', manifest);

    expect(existsSync(join(root, 'node_modules'))).toBe(false);
  });
});

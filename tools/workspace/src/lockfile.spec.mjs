import { describe, expect, it } from '@jest/globals';
import { addToLockfile } from './lockfile.mjs';
import { repositoryTree, textOf } from './testing/repository-tree.mjs';

const manifest = {
  name: '@interject/b',
  version: '0.1.0',
  dependencies: { z: '2.0.0', '@interject/lib': '0.1.0', a: '1.0.0' },
};

function lock() {
  return {
    lockfileVersion: 3,
    packages: {
      '': { name: 'root' },
      'apps/a': { version: '0.1.0' },
      'libs/lib': { version: '0.1.0' },
      'node_modules/@interject/lib': { resolved: 'libs/lib', link: true },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/z': { version: '1.9.0' },
    },
  };
}

describe('addToLockfile', () => {
  it('adds the project and its link in the order of npm, and says what is not locked', () => {
    const changed = lock();

    expect(addToLockfile(changed, 'apps/b', manifest)).toEqual(['z@2.0.0']);
    expect(Object.keys(changed.packages)).toEqual([
      '',
      'apps/a',
      'apps/b',
      'libs/lib',
      'node_modules/@interject/b',
      'node_modules/@interject/lib',
      'node_modules/a',
      'node_modules/z',
    ]);
    expect(Object.entries(changed.packages)[2]?.[1]).toEqual({
      name: '@interject/b',
      version: '0.1.0',
      dependencies: { '@interject/lib': '0.1.0', a: '1.0.0', z: '2.0.0' },
    });
    expect(Object.entries(changed.packages)[4]?.[1]).toEqual({ resolved: 'apps/b', link: true });
  });

  it('writes the file of this repository as npm has written it', () => {
    const text = textOf(repositoryTree(), 'package-lock.json');
    const parsed = JSON.parse(text);
    const [folder, known] = /** @type {[string, import('./lockfile.mjs').Manifest]} */ (
      Object.entries(parsed.packages).find(([path]) => path === 'libs/worker-sdk')
    );

    expect(addToLockfile(parsed, folder, known)).toEqual([]);
    expect(`${JSON.stringify(parsed, null, 2)}\n`).toBe(text);
  });
});

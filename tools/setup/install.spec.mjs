import { describe, expect, it } from '@jest/globals';
import { checkNode, isSatisfied } from './install.mjs';

describe('checkNode', () => {
  it.each(['20.19.0', '20.20.2', '22.1.0', '24.0.0'])('takes Node %s', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  it.each(['18.20.0', '20.18.3'])('refuses Node %s and says which one it needs', (version) => {
    expect(() => checkNode(version)).toThrow(`Interject needs Node 20.19 or newer, this is ${version}.`);
  });
});

describe('isSatisfied', () => {
  const wanted = {
    packages: {
      '': {},
      'apps/gateway': { version: '0.1.0' },
      'node_modules/@interject/gateway': { link: true },
      'node_modules/fastify': { version: '5.12.8' },
      'node_modules/@swc/core-darwin-arm64': { version: '1.16.22', optional: true },
      'apps/gateway/node_modules/ajv': { version: '8.20.0' },
    },
  };
  const present = {
    'node_modules/@interject/gateway': { link: true },
    'node_modules/fastify': { version: '5.12.8' },
    'apps/gateway/node_modules/ajv': { version: '8.20.0' },
  };

  it('takes a tree that has everything but the packages of other platforms', () => {
    expect(isSatisfied(wanted, { packages: present })).toBe(true);
  });

  it.each([
    ['a package is missing', { 'node_modules/fastify': undefined }],
    ['a package has another version', { 'node_modules/fastify': { version: '5.12.7' } }],
    ['a nested package is missing', { 'apps/gateway/node_modules/ajv': undefined }],
    ['the link to a project is missing', { 'node_modules/@interject/gateway': undefined }],
    ['an optional package has another version', { 'node_modules/@swc/core-darwin-arm64': { version: '1.0.0' } }],
  ])('does not when %s', (_, change) => {
    const packages = { ...present, ...change };
    expect(isSatisfied(wanted, { packages })).toBe(false);
  });
});

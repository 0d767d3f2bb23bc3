import { describe, expect, it } from '@jest/globals';
import { addComposeService, addEnvironmentLines, addReference } from './text-edits.mjs';

describe('addComposeService', () => {
  const service = '  weather-worker:\n    image: weather';

  it('puts it after the last service, before what follows', () => {
    const text = 'name: x\nservices:\n  a:\n    image: a\n\n# of all\nvolumes:\n  nats: {}\n';

    expect(addComposeService(text, service)).toBe(
      'name: x\nservices:\n  a:\n    image: a\n\n# of all\n\n  weather-worker:\n    image: weather\n\nvolumes:\n  nats: {}\n',
    );
  });

  it('puts it at the end where nothing follows', () => {
    expect(addComposeService('services:\n  a:\n    image: a\n', service)).toBe(
      'services:\n  a:\n    image: a\n\n  weather-worker:\n    image: weather\n',
    );
  });

  it('needs services', () => {
    expect(() => addComposeService('name: x\n', service)).toThrow('docker-compose.yml has no services');
  });
});

describe('addEnvironmentLines', () => {
  const lines = { port: '# W_MANAGEMENT_PORT=2', replicas: '# W_REPLICAS=1', settings: '# Its delay.\n# W_DELAY_MS=3' };
  const text = [
    '# A_MANAGEMENT_PORT=1',
    '# HOST=x',
    '# A_REPLICAS=1',
    '',
    '# --- Workers ---',
    '',
    '# A_URL=',
    '',
    '# --- Operation ---',
    '# LOG_LEVEL=info',
    '',
  ].join('\n');

  it('puts each line where its kind is', () => {
    expect(addEnvironmentLines(text, lines).split('\n')).toEqual([
      '# A_MANAGEMENT_PORT=1',
      '# W_MANAGEMENT_PORT=2',
      '# HOST=x',
      '# A_REPLICAS=1',
      '# W_REPLICAS=1',
      '',
      '# --- Workers ---',
      '',
      '# A_URL=',
      '',
      '# Its delay.',
      '# W_DELAY_MS=3',
      '',
      '# --- Operation ---',
      '# LOG_LEVEL=info',
      '',
    ]);
  });

  it.each([
    ['a port', text.replace('A_MANAGEMENT_PORT', 'A'), 'no line like'],
    ['the section', text.replace('Workers', 'Jobs'), 'has no section'],
  ])('says which place is missing: %s', (_, faulty, message) => {
    expect(() => addEnvironmentLines(faulty, lines)).toThrow(message);
  });
});

describe('addReference', () => {
  it('puts it behind the other apps, once', () => {
    const tsconfig = { references: [{ path: './libs/a' }, { path: './apps/a' }, { path: './tools/a' }] };

    addReference(tsconfig, 'apps/b');
    addReference(tsconfig, 'apps/b');

    expect(tsconfig.references.map(({ path }) => path)).toEqual(['./libs/a', './apps/a', './apps/b', './tools/a']);
  });
});

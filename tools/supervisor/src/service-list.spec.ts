import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readServices } from './service-list.js';

const REPOSITORY = join(import.meta.dirname, '../../..');

describe('readServices', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'interject-services-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function app(name: string, manifest: object | string): void {
    mkdirSync(join(root, 'apps', name), { recursive: true });
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    writeFileSync(join(root, 'apps', name, 'package.json'), text);
  }

  it('finds the services of the workspace, gateway and notifier first, workers by their ports', () => {
    app('billing-worker', { interject: { role: 'worker', managementPort: 9113, needs: 'BILLING_URL' } });
    app('weather-worker', { interject: { role: 'worker', managementPort: 9110 } });
    app('notifier', { interject: { role: 'notifier', managementPort: 9101 } });
    app('gateway', {
      interject: { role: 'gateway', managementPort: 9100, http: { variable: 'GATEWAY_PORT', port: 3000 } },
    });
    app('vapi-simulator', { name: 'no service' });
    mkdirSync(join(root, 'apps/left-over'));

    expect(readServices(root)).toEqual([
      { name: 'gateway', role: 'gateway', managementPort: 9100, http: { variable: 'GATEWAY_PORT', port: 3000 } },
      { name: 'notifier', role: 'notifier', managementPort: 9101 },
      { name: 'weather-worker', role: 'worker', managementPort: 9110 },
      { name: 'billing-worker', role: 'worker', managementPort: 9113, needs: 'BILLING_URL' },
    ]);
  });

  it('finds none where there are no apps', () => {
    expect(readServices(root)).toEqual([]);
  });

  it('reports all faults together, with the file and what to write', () => {
    app('broken', '{');
    app('list', { interject: [] });
    app('odd', { interject: { role: 'companion', managementPort: 'x', http: { port: 1 }, needs: 'no name', port: 1 } });
    app('one', { interject: { role: 'worker', managementPort: 9110 } });
    app('two', { interject: { role: 'worker', managementPort: 9110 } });

    const read = (): unknown => readServices(root);

    for (const fault of [
      'apps/broken/package.json is no JSON.',
      'apps/list/package.json: interject must be an object with role and managementPort.',
      'apps/odd/package.json: interject.role must be one of gateway, notifier, worker.',
      'apps/odd/package.json: interject.managementPort must be a port, 1 to 65535.',
      'apps/odd/package.json: interject.http must be { "variable": "NAME_PORT", "port": 3000 }.',
      'apps/odd/package.json: interject.needs must be the name of a variable.',
      'apps/odd/package.json: interject.port is not known: role, managementPort, http, needs are.',
      'apps/two and apps/one have the same managementPort 9110: change one.',
    ]) {
      expect(read).toThrow(fault);
    }
  });
});

describe('the services of this repository', () => {
  const services = readServices(REPOSITORY);

  it('are those that the documentation names, and whatever was generated', () => {
    expect(services.slice(0, 2).map(({ name, managementPort }) => [name, managementPort])).toEqual([
      ['gateway', 9100],
      ['notifier', 9101],
    ]);
    expect(services).toContainEqual({
      name: 'http-worker',
      role: 'worker',
      managementPort: 9110,
      needs: 'HTTP_TOOLS_FILE',
    });
  });

  it.each(services)('$name has the same name and port in its code', ({ name, managementPort }) => {
    const folder = join(REPOSITORY, 'apps', name, 'src');
    const files = readdirSync(folder).filter((file) => /^(main|.*\.options)\.ts$/.test(file));
    const code = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');

    expect(code).toContain(`service: '${name}'`);
    expect(code).toContain(`defaultManagementPort: ${managementPort}`);
  });
});

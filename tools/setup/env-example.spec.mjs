import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { configVariables } from './config-variables.mjs';
import { root } from './paths.mjs';

/** Services, whose names stand in for `<SERVICE>` in the name of a variable. */
const SERVICES = readdirSync(join(root, 'apps'))
  .filter((app) => {
    const manifest = join(root, 'apps', app, 'package.json');
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).interject !== undefined;
  })
  .map((app) => app.toUpperCase().replaceAll('-', '_'));

/** Every variable that a config class of a service reads. */
function variablesInCode() {
  const names = new Set(['apps', 'libs', 'tools'].flatMap((folder) => [...configVariables(folder).keys()]));
  return [...names].flatMap((name) =>
    name.includes('<SERVICE>') ? SERVICES.map((service) => name.replace('<SERVICE>', service)) : [name],
  );
}

describe('.env.example', () => {
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const listed = new Set([...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));
  const variables = variablesInCode();

  it('has something to check', () => {
    expect(variables).toContain('VAPI_WEBHOOK_SECRET');
    expect(variables).toContain('HTTP_WORKER_MANAGEMENT_PORT');
  });

  it.each(variables)('lists %s', (name) => {
    expect(listed).toContain(name);
  });
});

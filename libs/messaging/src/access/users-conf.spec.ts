import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { NATS_USERS } from './users.js';
import { passwordVariable, usersConf } from './users-conf.js';

const ROOT = join(import.meta.dirname, '../../../..');
const FILE = join(ROOT, 'deploy/nats/users.conf');

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function publishOf(name: string): readonly string[] {
  const user = NATS_USERS.find((one) => one.name === name);
  if (user === undefined) throw new Error(`There is no user ${name}.`);
  return user.publish;
}

/** Apps that start() knows as services of the installation. */
function services(): string[] {
  return readdirSync(join(ROOT, 'apps')).filter((app) => {
    const manifest = join(ROOT, 'apps', app, 'package.json');
    return existsSync(manifest) && 'interject' in (JSON.parse(readFileSync(manifest, 'utf8')) as object);
  });
}

describe('deploy/nats/users.conf', () => {
  it('says what the code says (npm run build && node tools/setup/nats-users.mjs writes it)', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(usersConf(NATS_USERS));
  });

  it.each(services())('has a user for %s', (service) => {
    expect(NATS_USERS.map(({ name }) => name)).toContain(service);
  });

  it.each(NATS_USERS)('is wired in docker-compose.yml and .env.example: $name', ({ name }) => {
    expect(textOf('docker-compose.yml')).toContain(passwordVariable(name));
    expect(textOf('.env.example')).toContain(passwordVariable(name));
  });

  it('names every tool of the appointments worker, and no other', () => {
    const folder = 'apps/appointments-worker/src/tools';
    const tools = readdirSync(join(ROOT, folder)).flatMap((file) =>
      [...textOf(join(folder, file)).matchAll(/@ToolHandler\(\{\s*name: '(\w+)'/g)].map(([, tool]) => tool),
    );
    const granted = publishOf('appointments-worker').filter((subject) => subject.startsWith('$KV.tools.'));
    expect(granted.map((subject) => subject.slice('$KV.tools.'.length)).sort()).toEqual([...new Set(tools)].sort());
  });

  it.each(NATS_USERS)('lets $name delete no stream and no consumer, and nobody ask for everything', ({ publish }) => {
    for (const subject of publish) {
      expect(subject).not.toMatch(/^(>|\*)|^\$JS\.API\.(>|\*)|\.(STREAM|CONSUMER)\.DELETE\./);
    }
  });
});

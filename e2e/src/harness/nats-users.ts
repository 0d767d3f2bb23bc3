import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NatsServerOptions } from '@interject/testing';
import { ROOT } from './service-process.js';

const USERS_CONF = join(ROOT, 'deploy/nats/users.conf');
const INSPECTOR = 'inspector';

/** The users of deploy/nats/users.conf with passwords of a test, and one more who may see everything: the test itself. */
export class NatsUsers {
  private readonly names = [...readFileSync(USERS_CONF, 'utf8').matchAll(/^\s*user: (\S+)$/gm)].map(
    ([, name = '']) => name,
  );

  /** Of a server with the very file; what the test adds stands behind it. */
  get serverOptions(): NatsServerOptions {
    const { user, password } = this.inspector;
    const env = Object.fromEntries(this.names.map((name) => [variableOf(name), passwordOf(name)]));
    const [head, tail] = split(readFileSync(USERS_CONF, 'utf8'));
    return { env, config: `${head}{ user: ${user}, password: ${password} }\n${tail}` };
  }

  get inspector(): { readonly user: string; readonly password: string } {
    return { user: INSPECTOR, password: passwordOf(INSPECTOR) };
  }

  /** The variables with which a service logs in. */
  environmentOf(user: string): Record<string, string> {
    return { NATS_USER: user, NATS_PASSWORD: passwordOf(user) };
  }
}

/** Where the list of users ends. */
function split(text: string): readonly [string, string] {
  const end = text.lastIndexOf(']\n}');
  return [text.slice(0, end), text.slice(end)];
}

function passwordOf(user: string): string {
  return `password-of-${user}`;
}

function variableOf(user: string): string {
  return `NATS_${user.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}

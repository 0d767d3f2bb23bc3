import { join } from 'node:path';
import { NatsServer } from '@interject/testing';
import { NATS_USERS } from '../access/users.js';
import { passwordVariable } from '../access/users-conf.js';
import type { NatsAccess } from '../messaging.options.js';

const USERS_CONF = join(import.meta.dirname, '../../../../deploy/nats/users.conf');

/** As whom a test logs in to a server of {@link startSecuredNats}. */
export function accessOf(user: string): NatsAccess {
  return { user, password: `password-of-${user}` };
}

/** The variables that deploy/nats/users.conf refers to. */
export function passwords(): Record<string, string> {
  return Object.fromEntries(NATS_USERS.map(({ name }) => [passwordVariable(name), accessOf(name).password]));
}

/** A real nats-server with the users and permissions of deploy/nats/users.conf. */
export async function startSecuredNats(): Promise<NatsServer> {
  return NatsServer.start({ include: USERS_CONF, env: passwords() });
}

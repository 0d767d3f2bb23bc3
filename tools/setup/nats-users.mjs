// Writes deploy/nats/users.conf from the users that the built code knows: `node tools/setup/nats-users.mjs`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NATS_USERS, usersConf } from '@interject/messaging/testing';
import { root } from './paths.mjs';

const file = join(root, 'deploy/nats/users.conf');
writeFileSync(file, usersConf(NATS_USERS));
process.stdout.write(`${file}\n`);

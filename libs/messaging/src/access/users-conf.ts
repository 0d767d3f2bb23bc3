import { inboxOf } from './users.js';
import type { NatsUser } from './users.js';

const HEAD = `# Who may do what in NATS, for each service the least that it needs (docs/guides/nats.md, "Access").
# Made from libs/messaging/src/access/users.ts, and checked against it by its spec: write it by node tools/setup/nats-users.mjs.
# nats-server takes the passwords from its environment: letters and digits, a letter first.
`;

/** The environment variable from which nats-server takes a user's password. */
export function passwordVariable(user: string): string {
  return `NATS_${user.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}

/** The users as a block of nats-server's configuration. */
export function usersConf(users: readonly NatsUser[]): string {
  return `${HEAD}\nauthorization {\n  users = [\n${users.map(userBlock).join('\n')}  ]\n}\n`;
}

function userBlock({ name, about, publish, subscribe = [] }: NatsUser): string {
  const lines = [
    `# ${about}`,
    '{',
    `  user: ${name}`,
    `  password: $${passwordVariable(name)}`,
    '  permissions {',
    '    publish {',
    ...list(publish),
    '    }',
    '    subscribe {',
    ...list([inboxOf(name), ...subscribe]),
    '    }',
    '  }',
    '}',
  ];
  return `${lines.map((line) => `    ${line}`).join('\n')}\n`;
}

function list(subjects: readonly string[]): readonly string[] {
  const unique = [...new Set(subjects)];
  return ['      allow: [', ...unique.map((subject) => `        "${subject}"`), '      ]'];
}

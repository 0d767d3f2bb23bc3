/** As whom a process logs in to NATS. */
export interface NatsAccess {
  readonly user: string;
  readonly password: string;
  /** Begins the subjects on which it gets answers; left out: `_INBOX.<user>`. */
  readonly inboxPrefix?: string;
}

/** The variables NATS_USER, NATS_PASSWORD and NATS_INBOX_PREFIX, as a config class holds them. */
export interface NatsAccessSettings {
  readonly natsUser?: string;
  readonly natsPassword?: string;
  readonly natsInboxPrefix?: string;
}

/** Undefined without a user. */
export function natsAccess({
  natsUser: user,
  natsPassword: password = '',
  natsInboxPrefix: inboxPrefix,
}: NatsAccessSettings): NatsAccess | undefined {
  if (user === undefined) return undefined;
  return { user, password, ...(inboxPrefix !== undefined && { inboxPrefix }) };
}

/** What does not go together. */
export function natsAccessProblems({ natsUser, natsPassword }: NatsAccessSettings): readonly string[] {
  if (natsUser !== undefined && natsPassword === undefined) return ['NATS_PASSWORD must be set, as NATS_USER is'];
  if (natsUser === undefined && natsPassword !== undefined) return ['NATS_USER must be set, as NATS_PASSWORD is'];
  return [];
}

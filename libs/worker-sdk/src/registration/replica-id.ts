import { randomBytes } from 'node:crypto';

const LONGEST_NAME = 40;

/** A name for this process that no other one has; fits a KV key. @param worker name of the app, to be recognised by people */
export function replicaId(worker: string): string {
  const name = worker
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_NAME);
  return `${name.replace(/^-|-$/g, '') || 'worker'}-${randomBytes(6).toString('hex')}`;
}

import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEnvironment } from './environment.js';
import { ROOT } from './service-process.js';

/** What a command printed, and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const LIMIT_MS = 60_000;

/**
 * Runs the built command line as a process: `runCommand(['dlq', 'list'], { NATS_URL })`.
 *
 * @param env nothing else is set, but what every process needs
 */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [join(ROOT, 'tools/cli/dist/main.js'), ...args], {
    // Not the repository: a developer's `.env` there has no say in a test.
    cwd: tmpdir(),
    env: { ...processEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, out, err };
}

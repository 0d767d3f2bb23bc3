import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Names and values of environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of this process, with what a `.env` file in the working directory adds: what is set already wins.
 * This is the only place that reads it.
 *
 * @throws the system's error if there is such a file and it cannot be read
 */
export function environment(): Environment {
  return { ...fileVariables('.env'), ...process.env };
}

function fileVariables(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

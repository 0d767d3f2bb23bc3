import { spawn, spawnSync } from 'node:child_process';
import { root } from './paths.mjs';

/**
 * @typedef {object} RunResult
 * @property {number} code exit code; 1 when ended by a signal
 * @property {string} output stdout and stderr as they came, empty if they were passed on
 */

/**
 * Runs a program to its end. Rejects only if it cannot be started.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, output?: 'inherit' | 'collect', timeoutMs?: number }} [options]
 * @returns {Promise<RunResult>}
 */
export function run(file, args, { env = process.env, output = 'inherit', timeoutMs = 0 } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = output === 'inherit' ? 'inherit' : 'pipe';
    const child = spawn(file, args, { cwd: root, env, stdio: ['inherit', stdio, stdio], timeout: timeoutMs });
    const stop = () => child.kill('SIGTERM');
    process.once('SIGTERM', stop);
    let collected = '';
    child.stdout?.on('data', (chunk) => (collected += chunk));
    child.stderr?.on('data', (chunk) => (collected += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGTERM', stop);
      resolve({ code: code ?? 1, output: collected });
    });
  });
}

/**
 * Whether a program runs and succeeds; its output is nobody's business.
 * @param {string} file
 * @param {readonly string[]} args
 */
export function succeeds(file, args) {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

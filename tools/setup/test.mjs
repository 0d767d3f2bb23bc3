// `npm test`: references between projects, lint, types, unit and integration tests, end-to-end tests, and a kill of each service under load (all faults:
// `npm run test:faults`). `--slow` adds the slow end-to-end suites.
// The last line is `N passed, N failed`; the exit code is 0 only if every stage held.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runMain, say, SetupError } from './console.mjs';
import { ensureInstalled } from './install.mjs';
import { addCounts, countLine } from './jest-counts.mjs';
import { ensureNatsServer } from './nats-server.mjs';
import { binaries, root } from './paths.mjs';
import { ensurePostgres } from './postgres.mjs';
import { ensurePrometheus } from './prometheus.mjs';
import { run } from './run.mjs';

/** A stage that takes longer hangs: better a clear end than a build server that waits for hours. */
const STAGE_LIMIT_MS = 30 * 60_000;
const SLOW_STAGE_LIMIT_MS = 120 * 60_000;

/** @typedef {{ name: string, ok: boolean }} Stage */
/** @typedef {import('./jest-counts.mjs').JestReport} JestReport */

await runMain(async () => {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--slow');
  if (unknown.length > 0) throw new SetupError(`Unknown argument ${unknown.join(' ')}. npm test knows only --slow.`);
  const slow = process.argv.includes('--slow');

  await ensureInstalled();
  const natsServer = await ensureNatsServer({ ignoreUrl: true });
  await ensurePostgres();
  if (slow) await ensurePrometheus();
  const path = [natsServer ? dirname(natsServer) : '', process.env['PATH']].filter(Boolean).join(delimiter);
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PATH: path, ...(slow ? { TEST_SLOW: '1' } : {}) };
  // A broker of the machine is none for tests: each starts its own.
  delete env['NATS_URL'];

  const checks = [await references(env), ...(await Promise.all([lint(env), typecheck(env)]))];
  const unit = await jest('unit and integration tests', 'jest.config.cjs', env, [
    '--maxWorkers=2',
    '--testTimeout=30000',
  ]);
  const built = checks.every(({ name, ok }) => ok || name !== 'typecheck');
  const e2e = built ? await endToEnd(env, slow) : [];
  const faults = built ? [await kills(env)] : [];
  if (!built) say('end-to-end tests: not run, the build failed');

  const stages = [...checks, unit.stage, ...e2e.map(({ stage }) => stage), ...faults];
  const failed = stages.filter(({ ok }) => !ok).map(({ name }) => name);
  if (failed.length > 0) say(`\nfailed: ${failed.join(', ')}`);
  say(countLine(addCounts([unit.report, ...e2e.map(({ report }) => report)])));
  process.exitCode = failed.length > 0 ? 1 : 0;
});

/**
 * Nx refuses to run targets, and so what the guides tell, while the TypeScript references do not fit the imports.
 * @param {NodeJS.ProcessEnv} env
 */
function references(env) {
  return collected('references', [binaries.nx, 'sync:check'], { ...env, NX_DAEMON: 'false', NX_TUI: 'false' });
}

/**
 * Through Nx: bare ESLint has no project graph and skips the rule on imports between projects.
 * @param {NodeJS.ProcessEnv} env
 */
function lint(env) {
  const args = [binaries.nx, 'run-many', '-t', 'lint', '--parallel=2', '--outputStyle=static'];
  return collected('lint', args, { ...env, NX_DAEMON: 'false', NX_TUI: 'false' });
}

/**
 * Types of sources, specs and scripts; it is the build too, which the end-to-end tests run.
 * @param {NodeJS.ProcessEnv} env
 */
function typecheck(env) {
  return collected('typecheck', [binaries.tsc, '--build', 'tsconfig.json'], env);
}

/**
 * A stage that runs beside another: what it says is shown when it ends.
 * @param {string} name
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Stage>}
 */
async function collected(name, args, env) {
  const started = performance.now();
  const { code, output } = await run(process.execPath, args, { env, output: 'collect', timeoutMs: STAGE_LIMIT_MS });
  if (code !== 0) process.stdout.write(output);
  return finished(name, code === 0, started);
}

/**
 * Two suites at a time; then, one by one, those whose outcome hangs on fractions of a second.
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} slow
 */
async function endToEnd(env, slow) {
  const config = 'e2e/jest.config.cjs';
  const part = (/** @type {string} */ name) => ({ ...env, E2E_PART: name });
  return [
    await jest('end-to-end tests', config, part('others'), ['--maxWorkers=2'], slow),
    await jest('timed end-to-end tests', config, part('timed'), ['--runInBand'], slow),
  ];
}

/**
 * One fault of `npm run test:faults`, a kill of each service, with the machine to itself.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Stage>}
 */
async function kills(env) {
  const started = performance.now();
  const args = ['e2e/dist/faults/main.js', '--only', 'kill-each'];
  const { code } = await run(process.execPath, args, { env, timeoutMs: STAGE_LIMIT_MS });
  return finished('kills under load', code === 0, started);
}

/**
 * @param {string} name
 * @param {string} config
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} args
 * @returns {Promise<{ stage: Stage, report: JestReport | undefined }>}
 */
async function jest(name, config, env, args, slow = false) {
  const started = performance.now();
  const reportFile = join(root, 'tmp', `jest-${config.replaceAll(/\W+/g, '-')}.json`);
  mkdirSync(dirname(reportFile), { recursive: true });
  rmSync(reportFile, { force: true });
  // As options of node and not in NODE_OPTIONS: the services that tests start must not inherit them.
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const options = ['--config', config, '--json', `--outputFile=${reportFile}`, ...args];
  const { code } = await run(process.execPath, [...node, binaries.jest, ...options], {
    env,
    timeoutMs: slow ? SLOW_STAGE_LIMIT_MS : STAGE_LIMIT_MS,
  });
  return { stage: finished(name, code === 0, started), report: readReport(reportFile) };
}

/**
 * @param {string} file
 * @returns {JestReport | undefined}
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} name
 * @param {boolean} ok
 * @param {number} started
 * @returns {Stage}
 */
function finished(name, ok, started) {
  say(`${name}: ${ok ? 'ok' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return { name, ok };
}

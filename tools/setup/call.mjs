// `npm run call -- <scenario.yaml> [options]`: plays a scenario with the simulator against a running gateway, that of
// `npm start`, else that of `npm run serve` with this checkout's `.env`, unless the environment names another one. The exit code is the verdict.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { runMain } from './console.mjs';
import { ensureInstalled } from './install.mjs';
import { demoFile, root } from './paths.mjs';
import { run } from './run.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt({ quiet: true });
  const running = existsSync(demoFile()) ? variablesOf(demoFile()) : servedHere();
  const args = process.argv.slice(2).map(fromCallersFolder);
  const { code } = await run(process.execPath, ['apps/vapi-simulator/dist/main.js', 'call', ...args], {
    env: { ...running, ...process.env },
  });
  process.exitCode = code;
});

/** What `npm run serve` reads from `.env`, and where its gateway is then. */
function servedHere() {
  const file = join(root, '.env');
  const variables = existsSync(file) ? variablesOf(file) : {};
  const port = process.env['GATEWAY_PORT'] || variables['GATEWAY_PORT'];
  return port ? { SIMULATOR_GATEWAY_URL: `http://127.0.0.1:${port}/vapi/webhook`, ...variables } : variables;
}

/**
 * @param {string} file
 * @returns {NodeJS.Dict<string>} without the empty ones, which count as unset
 */
function variablesOf(file) {
  return Object.fromEntries(Object.entries(parseEnv(readFileSync(file, 'utf8'))).filter(([, value]) => value !== ''));
}

/**
 * npm changes to the root: a path that was typed in another folder is meant from there.
 * @param {string} argument
 */
function fromCallersFolder(argument) {
  const typedIn = process.env['INIT_CWD'];
  if (argument.startsWith('-') || typedIn === undefined || existsSync(join(root, argument))) return argument;
  const path = resolve(typedIn, argument);
  return existsSync(path) ? path : argument;
}

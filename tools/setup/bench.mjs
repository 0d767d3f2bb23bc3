// `npm run bench -- <name> [options]`: measurements that start what they need. Without a name: lists and runs all.
import { resolve } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { runMain } from './console.mjs';
import { ensureInstalled } from './install.mjs';
import { ensureNatsServer } from './nats-server.mjs';
import { ensureRedisServer } from './redis-server.mjs';
import { run } from './run.mjs';

const PATH_OPTIONS = new Set(['--json', '--cpu-prof', '--snapshots']);
/** The system of `pipeline` that has no broker but Redis. */
const REDIS_SYSTEM = 'express-bullmq';

await runMain(async () => {
  await ensureInstalled();
  const args = process.argv.slice(2);
  // Each system gets a fresh one.
  if (!args.includes('--help') && args[0] !== 'speech') await ensureNatsServer({ ignoreUrl: true });
  if (needsRedis(args)) await ensureRedisServer();
  // The services too: it runs them as they are built.
  await ensureBuilt({ quiet: true });
  const { code } = await run(process.execPath, ['tools/bench/dist/main.js', ...fromCallersFolder(args)]);
  process.exitCode = code;
});

/**
 * npm changes to the root: a file or folder that was named in another folder is meant from there.
 * @param {string[]} args
 */
function fromCallersFolder(args) {
  const typedIn = process.env['INIT_CWD'];
  if (typedIn === undefined) return args;
  return args.map((argument, at) => {
    const [name = '', ...value] = argument.split('=');
    if (PATH_OPTIONS.has(name) && value.length > 0) return `${name}=${resolve(typedIn, value.join('='))}`;
    return PATH_OPTIONS.has(args[at - 1] ?? '') && !argument.startsWith('--') ? resolve(typedIn, argument) : argument;
  });
}

/**
 * Without a list of systems all are measured.
 * @param {string[]} args
 */
function needsRedis(args) {
  const [bench = 'pipeline'] = args;
  if (bench !== 'pipeline' || args.includes('--help')) return false;
  const at = args.findIndex((argument) => argument === '--systems' || argument.startsWith('--systems='));
  if (at < 0) return true;
  const systems = args[at] === '--systems' ? (args[at + 1] ?? '') : (args[at] ?? '').slice('--systems='.length);
  return systems.split(',').includes(REDIS_SYSTEM);
}

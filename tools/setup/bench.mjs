// `npm run bench -- <name> [options]`: measurements that need no running system. Without a name: lists and runs all.
import { resolve } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { runMain } from './console.mjs';
import { ensureInstalled } from './install.mjs';
import { run } from './run.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt({ quiet: true, projects: ['tools/bench/tsconfig.lib.json'] });
  const { code } = await run(process.execPath, [
    'tools/bench/dist/main.js',
    ...fromCallersFolder(process.argv.slice(2)),
  ]);
  process.exitCode = code;
});

/**
 * npm changes to the root: a file that was named in another folder is meant from there.
 * @param {string[]} args
 */
function fromCallersFolder(args) {
  const typedIn = process.env['INIT_CWD'];
  if (typedIn === undefined) return args;
  return args.map((argument, at) => {
    if (argument.startsWith('--json=')) return `--json=${resolve(typedIn, argument.slice('--json='.length))}`;
    return args[at - 1] === '--json' && !argument.startsWith('--') ? resolve(typedIn, argument) : argument;
  });
}

// `npm run interject -- ...`, `npm run dlq -- ...`, `npm run vapi -- ...`: the command line of tools/cli. The first argument, given by package.json, names
// the command.
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { runMain } from './console.mjs';
import { ensureInstalled } from './install.mjs';
import { demoFile } from './paths.mjs';
import { run } from './run.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt({ quiet: true, projects: ['tools/cli/tsconfig.lib.json'] });
  const demo = runningDemo();
  if (demo !== undefined)
    process.stderr.write('note: npm start is running: its system and its simulated account are used\n');
  const { code } = await run(process.execPath, ['tools/cli/dist/main.js', ...process.argv.slice(2)], {
    env: { ...process.env, ...demo },
  });
  process.exitCode = code;
});

/**
 * The system of `npm start`, while it runs. It goes before everything else: a command that is tried out must not change a real
 * account.
 */
function runningDemo() {
  return existsSync(demoFile()) ? parseEnv(readFileSync(demoFile(), 'utf8')) : undefined;
}

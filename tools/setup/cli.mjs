// `npm run dlq -- ...`, `npm run vapi -- ...`: the command line of tools/cli. The first argument, given by package.json, names
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
  const { code } = await run(process.execPath, ['tools/cli/dist/main.js', ...process.argv.slice(2)], {
    env: { ...runningDemo(), ...process.env },
  });
  process.exitCode = code;
});

/** The system of `npm start`, while it runs: not that of `.env`, which the command line reads itself. */
function runningDemo() {
  return existsSync(demoFile()) ? parseEnv(readFileSync(demoFile(), 'utf8')) : {};
}

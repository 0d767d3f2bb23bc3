// `npm run test:faults [-- options]`: kills, stops and stalls of every service, and faults around them, under load.
// One pass (seed 1) takes 5 minutes, ten of them are `-- --seeds 1-10`. `-- --help` shows the options.
import { delimiter, dirname } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { runMain } from './console.mjs';
import { ensureFaketime } from './faketime.mjs';
import { ensureInstalled } from './install.mjs';
import { ensureNatsServer } from './nats-server.mjs';
import { run } from './run.mjs';

/** The suite, and the services that it starts. */
const PROJECTS = [
  'apps/gateway/tsconfig.app.json',
  'apps/notifier/tsconfig.app.json',
  'apps/http-worker/tsconfig.app.json',
  'e2e/tsconfig.lib.json',
];

await runMain(async () => {
  await ensureInstalled();
  const natsServer = await ensureNatsServer({ ignoreUrl: true });
  await ensureFaketime();
  await ensureBuilt({ quiet: true, projects: PROJECTS });
  const path = [natsServer ? dirname(natsServer) : '', process.env['PATH']].filter(Boolean).join(delimiter);
  const { code } = await run(process.execPath, ['e2e/dist/faults/main.js', ...process.argv.slice(2)], {
    env: { ...process.env, PATH: path },
  });
  process.exitCode = code;
});

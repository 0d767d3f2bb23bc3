// `npm run serve`: broker (unless NATS_URL is set) and all services, configured by the environment and `.env`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { runMain, say } from './console.mjs';
import { ensureInstalled } from './install.mjs';
import { ensureNatsServer } from './nats-server.mjs';
import { root, stateDirectory } from './paths.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';

await runMain(async () => {
  stopWithNpm();
  const file = join(root, '.env');
  // What is set already wins.
  if (existsSync(file)) process.loadEnvFile(file);
  await ensureInstalled();
  const natsServer = await ensureNatsServer();
  await ensureBuilt();
  const { Supervisor, stopOnSignals } = await import('../supervisor/dist/index.js');
  const supervisor = new Supervisor({
    root,
    env: process.env,
    stateDirectory: stateDirectory(),
    ...(natsServer === undefined ? {} : { natsServer }),
    print: say,
  });
  stopOnSignals(supervisor, process, say);
  await supervisor.start();
});

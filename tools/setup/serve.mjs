// `npm run serve`: broker (unless NATS_URL is set) and all services, configured by the environment and `.env`.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { runMain, say } from './console.mjs';
import { ensureInstalled } from './install.mjs';
import { ensureNatsServer } from './nats-server.mjs';
import { root, stateDirectory } from './paths.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';

/** EX_CONFIG of sysexits.h, as the services themselves exit. */
const CONFIGURATION_FAULT = 78;
/** Other services may have faults too: they are shown before everything stops. */
const OTHERS_FAULTS_MS = 1_500;

await runMain(async () => {
  stopWithNpm();
  const file = join(root, '.env');
  // What is set already wins.
  if (existsSync(file)) process.loadEnvFile(file);
  const { NATS_URL, NATS_URL_FILE } = process.env;
  // The services are told the address of the broker, which the file would contradict.
  if (NATS_URL_FILE?.trim() && !NATS_URL?.trim() && existsSync(NATS_URL_FILE)) {
    process.env['NATS_URL'] = readFileSync(NATS_URL_FILE, 'utf8').trim();
    delete process.env['NATS_URL_FILE'];
  }
  await ensureInstalled();
  const natsServer = await ensureNatsServer();
  await ensureBuilt();
  const { Supervisor, stopOnSignals } = await import('../supervisor/dist/index.js');
  let isReady = false;
  /** @type {string[]} */
  const faults = [];
  // Last of all, so that the faults do not scroll away.
  const giveUp = () => {
    say('\nInterject is not configured (.env.example lists every variable):');
    for (const line of new Set(faults)) say(line);
    process.exit(CONFIGURATION_FAULT);
  };
  const supervisor = new Supervisor({
    root,
    env: process.env,
    stateDirectory: stateDirectory(),
    ...(natsServer === undefined ? {} : { natsServer }),
    print: say,
    onHopeless: (_id, isConfigurationFault, lastLines) => {
      // A faulty configuration does not heal by itself. Once everything has run, what runs goes on.
      if (!isConfigurationFault || isReady) return;
      faults.push(...lastLines);
      if (faults.length > lastLines.length) return;
      setTimeout(() => void supervisor.stop().then(giveUp), OTHERS_FAULTS_MS);
    },
  });
  stopOnSignals(supervisor, process, say);
  isReady = await supervisor.start();
  if (!isReady) return;
  const port = process.env['GATEWAY_PORT']?.trim() || '3000';
  say(`webhooks are taken at http://127.0.0.1:${port}/vapi/webhook; Ctrl-C stops everything`);
});

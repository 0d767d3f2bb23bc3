// `npm start`: from a fresh clone to a call whose answers are heard. `-- --once` ends after the call.
import { ensureBuilt } from './build.mjs';
import { runMain, SetupError } from './console.mjs';
import { ensureInstalled } from './install.mjs';
import { ensureNatsServer } from './nats-server.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';

await runMain(async () => {
  stopWithNpm();
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--once');
  if (unknown.length > 0)
    throw new SetupError(`Unknown argument ${unknown.join(' ')}. npm start knows only -- --once.`);
  await ensureInstalled();
  const natsServer = await ensureNatsServer();
  await ensureBuilt();
  const { runDemo } = await import('../demo/demo.mjs');
  await runDemo({ once: process.argv.includes('--once'), natsServer });
});

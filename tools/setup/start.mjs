// `npm start`: from a fresh clone to a call whose answers are heard. `-- --once` ends after the call, `-- <scenario.yaml>`
// plays that one.
import { ensureBuilt } from './build.mjs';
import { runMain } from './console.mjs';
import { ensureInstalled } from './install.mjs';
import { ensureNatsServer } from './nats-server.mjs';
import { root } from './paths.mjs';
import { readStartArguments } from './scenario-argument.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';

await runMain(async () => {
  stopWithNpm();
  // npm changes to the root: a path that was typed in another folder is meant from there.
  const { once, scenario } = readStartArguments(process.argv.slice(2), [process.env['INIT_CWD'] ?? root, root]);
  await ensureInstalled();
  const natsServer = await ensureNatsServer();
  await ensureBuilt();
  const { runDemo } = await import('../demo/demo.mjs');
  await runDemo({ once, scenario, natsServer });
});

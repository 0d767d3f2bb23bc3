// `npm run docs:metrics`: writes docs/reference/metrics.md from what was built.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { runMain, say } from '../setup/console.mjs';
import { root } from '../setup/paths.mjs';
import { declaredMetrics } from './metric-sources.mjs';
import { metricsPage } from './metrics-page.mjs';

const PAGE = join(root, 'docs/reference/metrics.md');

await runMain(async () => {
  const metrics = await declaredMetrics((file) => {
    const built = file.replace('/src/', '/dist/').replace(/\.ts$/, '.js');
    return import(pathToFileURL(join(root, built)).href);
  });
  const config = await resolveConfig(PAGE);
  await writeFile(PAGE, await format(metricsPage(metrics), { ...config, filepath: PAGE }));
  say(`docs/reference/metrics.md: ${metrics.length} metrics`);
});

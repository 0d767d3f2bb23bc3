import { join } from 'node:path';
import { generateFiles, logger } from '@nx/devkit';
import { lockProject, SPEC_DEPENDENCIES, versionsOf, WORKER_DEPENDENCIES } from '../dependencies.mjs';
import { format, quoted } from '../formatted.mjs';
import { linkProject } from '../link.mjs';
import { descriptionOf, NameError, toolNames, workerNames } from '../names.mjs';
import { addComposeService, addEnvironmentLines, addReference, addScrapeJob } from '../text-edits.mjs';
import { toolPaths, writeTool } from '../tool/tool.generator.mjs';
import { assertToolIsFree, nextManagementPort, readJson, readText, writeJson } from '../workspace.mjs';

/** @typedef {import('@nx/devkit').Tree} Tree */
/** @typedef {{ name: string, tool?: string, description?: string }} WorkerOptions */

/** What the caller of the example asks about. */
const EXAMPLE_SUBJECT = 'next Monday';

/**
 * Writes a worker app with one tool, and its entries in the files of the root.
 * @param {Tree} tree
 * @param {WorkerOptions} options
 * @returns {Promise<() => void>} to be run when the files are written
 * @throws {NameError} for a name that cannot be taken
 */
export async function workerGenerator(tree, options) {
  const names = workerNames(options.name);
  const folder = `apps/${names.project}`;
  if (tree.exists(folder)) throw new NameError(`There is ${folder} already. Choose another name, or remove it first.`);
  const tool = toolNames(options.tool ?? `request_${names.base.replaceAll('-', '_')}`);
  assertToolIsFree(tree, tool.tool, ' (--tool=...)');
  const fallback = `Takes down what the caller wants to know about ${names.words} and gives it a reference.`;
  const description = descriptionOf(options.description, fallback);
  const port = nextManagementPort(tree);

  const config = { className: `${names.className}Config`, file: `${names.base}.config` };
  const substitutions = { ...names, tool, port, config, example: EXAMPLE_SUBJECT, description, quoted, template: '' };
  generateFiles(tree, join(import.meta.dirname, 'files'), folder, substitutions);
  writeTool(tree, `${folder}/src`, { ...tool, subject: names.words, description, config });
  writeJson(tree, `${folder}/package.json`, manifestOf(tree, names.project, port));
  await format(tree, [
    ...[
      'package.json',
      'README.md',
      'example-call.yaml',
      'src/main.ts',
      'src/app.module.ts',
      `src/${config.file}.ts`,
    ].map((file) => `${folder}/${file}`),
    ...['tsconfig.json', 'tsconfig.app.json', 'tsconfig.spec.json', 'src/tools/tools.module.ts'].map(
      (file) => `${folder}/${file}`,
    ),
    ...toolPaths(`${folder}/src`, tool.file),
  ]);
  addToRoot(tree, names, port);
  const { manifest, lacking } = lockProject(tree, folder);
  return () => {
    linkProject(tree.root, folder, manifest);
    logger.info(nextSteps(folder, tool));
    if (lacking.length > 0) logger.warn(`Run npm install: ${lacking.join(', ')} is new to the workspace.`);
  };
}

/**
 * @param {Tree} tree
 * @param {string} project
 * @param {number} managementPort
 */
function manifestOf(tree, project, managementPort) {
  return {
    name: `@interject/${project}`,
    version: readJson(tree, 'package.json').version,
    private: true,
    type: 'module',
    // Read by the supervisor: `npm run serve` and `npm start` run it.
    interject: { role: 'worker', managementPort },
    dependencies: versionsOf(tree, WORKER_DEPENDENCIES),
    devDependencies: versionsOf(tree, SPEC_DEPENDENCIES),
    nx: { tags: ['type:app', 'scope:worker'] },
  };
}

/**
 * @param {Tree} tree
 * @param {import('../names.mjs').WorkerNames} names
 * @param {number} port
 */
function addToRoot(tree, { project, words, constant, service }, port) {
  const tsconfig = readJson(tree, 'tsconfig.json');
  addReference(tsconfig, `apps/${project}`);
  writeJson(tree, 'tsconfig.json', tsconfig);

  const compose = `  ${project}:
    <<: *service
    build: { context: ., dockerfile: deploy/Dockerfile, args: { APP: ${project}, MANAGEMENT_PORT: ${port} } }
    image: interject/${project}
    environment:
      <<: *environment
      ${service}_MANAGEMENT_PORT: ${port}
      ${constant}_DELAY_MS: \${${constant}_DELAY_MS:-3000}`;
  tree.write('docker-compose.yml', addComposeService(readText(tree, 'docker-compose.yml'), compose));

  const prometheus = 'deploy/prometheus/prometheus.yml';
  tree.write(prometheus, addScrapeJob(readText(tree, prometheus), project, port));

  const environment = addEnvironmentLines(readText(tree, '.env.example'), {
    port: `# ${service}_MANAGEMENT_PORT=${port}`,
    replicas: `# ${service}_REPLICAS=1`,
    settings: `# ${words.charAt(0).toUpperCase()}${words.slice(1)}: how long a request takes (at most 20000).\n# ${constant}_DELAY_MS=3000`,
  });
  tree.write('.env.example', environment);
}

/**
 * @param {string} folder
 * @param {import('../names.mjs').ToolNames} tool
 */
function nextSteps(folder, tool) {
  return `
${folder} has one tool, ${tool.tool}: ${folder}/src/tools/${tool.file}.tool.ts

  npm start -- --once ${folder}/example-call.yaml     builds all, plays a call, says what was heard
  npx nx run-many -t lint,typecheck,test -p @interject/${folder.slice('apps/'.length)}

docs/guides/add-a-worker.md goes on from here.`;
}

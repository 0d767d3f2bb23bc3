import { describe, expect, it } from '@jest/globals';
import { repositoryTree, textOf } from '../testing/repository-tree.mjs';
import { workerGenerator } from './worker.generator.mjs';

/** Of no worker that anybody has. */
const NAME = 'tide-tables';
const FOLDER = 'apps/tide-tables-worker';

async function generated(options = {}) {
  const tree = repositoryTree();
  await workerGenerator(tree, { name: NAME, ...options });
  return tree;
}

describe('the worker generator', () => {
  it('writes an app, and its entries in the files of the root', async () => {
    const tree = await generated();

    const changes = tree.listChanges().map(({ type, path }) => `${type} ${path}`);
    expect(changes.sort()).toEqual(
      [
        ...['README.md', 'eslint.config.mjs', 'example-call.yaml', 'jest.config.cjs', 'package.json'],
        ...['tsconfig.app.json', 'tsconfig.json', 'tsconfig.spec.json'],
        ...['src/app.module.ts', 'src/main.ts', 'src/tide-tables.config.ts', 'src/tools/tools.module.ts'],
        ...['arguments.ts', 'tool.spec.ts', 'tool.ts'].map((end) => `src/tools/request-tide-tables.${end}`),
      ]
        .map((file) => `CREATE ${FOLDER}/${file}`)
        .concat(
          [
            '.env.example',
            'deploy/prometheus/prometheus.yml',
            'docker-compose.yml',
            'package-lock.json',
            'tsconfig.json',
          ].map((file) => `UPDATE ${file}`),
        )
        .sort(),
    );
    for (const change of tree.listChanges()) {
      expect(change.content?.toString()).not.toMatch(/<%|%>|__\w+__|TODO|undefined/);
    }
  });

  it('gives it a management port that is free, the same everywhere', async () => {
    const tree = await generated();

    const { interject } = JSON.parse(textOf(tree, `${FOLDER}/package.json`));
    expect(interject).toEqual({ role: 'worker', managementPort: expect.any(Number) });
    const port = String(interject.managementPort);
    const others = tree
      .children('apps')
      .filter((app) => `apps/${app}` !== FOLDER && tree.exists(`apps/${app}/package.json`))
      .map((app) => JSON.parse(textOf(tree, `apps/${app}/package.json`)).interject?.managementPort);
    expect(others).not.toContain(interject.managementPort);
    expect(textOf(tree, `${FOLDER}/src/main.ts`)).toContain(`defaultManagementPort: ${port}`);
    expect(textOf(tree, `${FOLDER}/README.md`)).toMatch(new RegExp(`TIDE_TABLES_WORKER_MANAGEMENT_PORT\`.*${port}`));
    expect(textOf(tree, '.env.example')).toContain(`# TIDE_TABLES_WORKER_MANAGEMENT_PORT=${port}\n`);
    const compose = textOf(tree, 'docker-compose.yml');
    expect(compose).toContain(`args: { APP: tide-tables-worker, MANAGEMENT_PORT: ${port} }`);
    expect(compose).toContain(`TIDE_TABLES_WORKER_MANAGEMENT_PORT: ${port}\n`);
    expect(textOf(tree, 'deploy/prometheus/prometheus.yml')).toContain(
      `  - job_name: tide-tables-worker\n    dns_sd_configs: [{ names: [tide-tables-worker], type: A, port: ${port},`,
    );
    expect(compose.indexOf('tide-tables-worker')).toBeLessThan(compose.indexOf('\nvolumes:'));
  });

  it('is called and described as wished, also with quotes', async () => {
    const tree = await generated({ tool: 'find_tide', description: 'Finds a "tide" in the harbour\'s table.' });

    const handler = textOf(tree, `${FOLDER}/src/tools/find-tide.tool.ts`);
    expect(handler).toContain("name: 'find_tide'");
    expect(handler).toContain(`description: 'Finds a "tide" in the harbour\\'s table.'`);
    expect(handler).toContain('export class FindTide implements Tool<FindTideArguments, FindTideAnswer>');
    const call = textOf(tree, `${FOLDER}/example-call.yaml`);
    expect(call).toContain('{ tool: find_tide, arguments: { subject: next Monday } }');
    expect(call).toMatch(/description: .Finds a \\?"tide\\?" in the harbour'{1,2}s table\../);
  });

  it.each([
    [{ name: 'appointments' }, 'There is apps/appointments-worker already.'],
    [{ name: 'Tide Tables' }, 'Try tide-tables.'],
    [{ name: 'gateway' }, 'is reserved'],
    [
      { tool: 'find_slots' },
      'There is a tool find_slots already, in apps/appointments-worker/src/tools/find-slots.tool.ts.',
    ],
    [{ tool: 'build_report' }, 'There is a tool build_report already, in tools/demo/http-tools.yaml.'],
    [{ tool: 'cancel_task' }, 'is reserved'],
    [{ tool: 'two words' }, 'cannot be the name of a tool'],
    [{ description: 'a\nb' }, 'one line'],
  ])('refuses %j and writes nothing', async (options, message) => {
    const tree = repositoryTree();

    await expect(workerGenerator(tree, { name: NAME, ...options })).rejects.toThrow(message);
    expect(tree.listChanges()).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { repositoryTree, textOf } from '../testing/repository-tree.mjs';
import { workerGenerator } from '../worker/worker.generator.mjs';
import { toolGenerator } from './tool.generator.mjs';

const changed = (/** @type {import('@nx/devkit').Tree} */ tree) => tree.listChanges().map(({ path }) => path);

describe('the tool generator', () => {
  it('adds to a generated worker', async () => {
    const tree = repositoryTree();
    await workerGenerator(tree, { name: 'tide-tables' });
    await toolGenerator(tree, { name: 'storm_warning', worker: 'tide-tables', description: 'Warns.' });

    const folder = 'apps/tide-tables-worker/src/tools';
    const module = textOf(tree, `${folder}/tools.module.ts`);
    expect(module).toContain('providers: [RequestTideTables, StormWarning]');
    expect(module).toContain("import { StormWarning } from './storm-warning.tool.js';");
    expect(textOf(tree, `${folder}/storm-warning.tool.ts`)).toContain("description: 'Warns.'");
    expect(changed(tree)).toContain(`${folder}/storm-warning.tool.spec.ts`);
    await expect(toolGenerator(tree, { name: 'storm_warning', worker: 'tide-tables' })).rejects.toThrow(
      'There is a tool storm_warning already',
    );
    await expect(toolGenerator(tree, { name: 'storm-warning', worker: 'tide-tables' })).rejects.toThrow(
      `There is ${folder}/storm-warning.arguments.ts already.`,
    );
  });

  it.each([
    ['appointments-worker', 'src/tools/tools.module.ts', "from './missed-one.tool.js'"],
    ['follow-up', 'src/app.module.ts', "from './tools/missed-one.tool.js'"],
  ])('adds to %s', async (worker, module, from) => {
    const tree = repositoryTree();
    await toolGenerator(tree, { name: 'missed_one', worker });

    const folder = `apps/${worker.replace(/-worker$/, '')}-worker`;
    const source = textOf(tree, `${folder}/${module}`);
    expect(source).toMatch(/providers: \[[^\]]*, MissedOne,?\s*\]/);
    expect(source).toContain(from);
    expect(changed(tree).filter((path) => !path.startsWith(folder))).toEqual([]);
  });

  it.each([
    [{ name: 'a_tool', worker: 'nobody' }, 'There is no worker "nobody". There are: '],
    [{ name: 'a_tool', worker: 'gateway' }, 'There is no worker "gateway".'],
    [{ name: 'a_tool', worker: 'http' }, 'describe the tool in its YAML file (HTTP_TOOLS_FILE)'],
    [{ name: 'find_slots', worker: 'follow-up' }, 'There is a tool find_slots already'],
    [{ name: 'a tool', worker: 'follow-up' }, 'cannot be the name of a tool'],
  ])('refuses %j and writes nothing', async (options, message) => {
    const tree = repositoryTree();

    await expect(toolGenerator(tree, options)).rejects.toThrow(message);
    expect(tree.listChanges()).toEqual([]);
  });
});

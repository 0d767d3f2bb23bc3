// Nx loads generators by `require`, which takes no ES module without a warning on Node 20.
/** @typedef {import('@nx/devkit').Tree} Tree */

/** @type {(tree: Tree, options: import('./worker/worker.generator.mjs').WorkerOptions) => Promise<() => void>} */
exports.worker = async (tree, options) =>
  (await import('./worker/worker.generator.mjs')).workerGenerator(tree, options);

/** @type {(tree: Tree, options: import('./tool/tool.generator.mjs').ToolOptions) => Promise<() => void>} */
exports.tool = async (tree, options) => (await import('./tool/tool.generator.mjs')).toolGenerator(tree, options);

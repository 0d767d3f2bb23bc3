import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SetupError } from './console.mjs';

/**
 * Reads the arguments of `npm start`: `--once`, and the scenario to play instead of the demo's call.
 * @param {readonly string[]} args
 * @param {readonly string[]} folders a relative path is looked for in each of them: where it was typed, then the root
 * @returns {{ once: boolean, scenario: string | undefined }} `scenario` as an absolute path
 * @throws {SetupError} for anything else, and for a file that is not there or cannot be a scenario
 */
export function readStartArguments(args, folders) {
  const files = args.filter((argument) => !argument.startsWith('-'));
  const unknown = args.filter((argument) => argument.startsWith('-') && argument !== '--once');
  if (unknown.length > 0) {
    throw new SetupError(`Unknown option ${unknown.join(' ')}. npm start knows: -- [--once] [scenario.yaml].`);
  }
  if (files.length > 1) {
    throw new SetupError(`npm start plays one scenario, not ${files.length}: ${files.join(' ')}.`);
  }
  const [file] = files;
  return { once: args.includes('--once'), scenario: file === undefined ? undefined : findScenario(file, folders) };
}

/**
 * @param {string} file
 * @param {readonly string[]} folders
 */
function findScenario(file, folders) {
  const paths = folders.map((folder) => resolve(folder, file));
  const path = paths.find((one) => existsSync(one));
  if (path === undefined) {
    throw new SetupError(
      `There is no scenario ${file} (looked for ${[...new Set(paths)].join(' and ')}). ` +
        'Give the path of a YAML file, e.g. tools/demo/demo-call.yaml.',
    );
  }
  if (!statSync(path).isFile()) throw new SetupError(`${file} is a folder: give the path of a YAML file.`);
  // Before a minute of installing and building, not after it; the simulator checks all the rest.
  if (!/(^|[{,\s'"])steps['"]?\s*:/.test(readFileSync(path, 'utf8'))) {
    throw new SetupError(`${file} is no scenario: it has no steps. See apps/vapi-simulator/README.md.`);
  }
  return path;
}

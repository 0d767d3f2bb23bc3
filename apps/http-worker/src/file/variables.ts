import { readFileSync } from 'node:fs';
import type { Environment } from '@interject/runtime';
import type { FileProblem } from './file-problem.js';

/** `${NAME}`, or `$${NAME}` for the text itself. `${{ price }}` is a dollar sign before a Liquid output. */
const REFERENCE = /(\$?)\$\{(?!\{)([^}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LIQUID_MARK = /\{\{|\{%/;
/** Where the value of `NAME` is read from when `NAME` itself is not set, as container secrets are handed over. */
const FILE_SUFFIX = '_FILE';

/** What stands where variables were named. */
export interface Expanded {
  readonly text: string;
  readonly problems: readonly FileProblem[];
}

type Read = { readonly value: string } | { readonly problem: string };

function fileContent(name: string, path: string): Read {
  try {
    // Editors and `echo` end a file with a line break, which is no part of a secret.
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return value === '' ? { problem: `needs the file that ${name}${FILE_SUFFIX} names, which is empty` } : { value };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return { problem: `needs the file that ${name}${FILE_SUFFIX} names, which cannot be read (${code})` };
  }
}

function readVariable(name: string, env: Environment): Read {
  const value = env[name] ?? '';
  const path = env[`${name}${FILE_SUFFIX}`] ?? '';
  if (value !== '' && path !== '') return { problem: `has ${name} and ${name}${FILE_SUFFIX}: set one of them` };
  if (value !== '') return { value };
  if (path !== '') return fileContent(name, path);
  return { problem: `needs the environment variable ${name}, which is not set (nor is ${name}${FILE_SUFFIX})` };
}

/**
 * Puts environment variables into a text.
 *
 * @param isTemplate the text is a Liquid template, in which a value must not become a part of the template
 */
export function expandVariables(text: string, field: string, env: Environment, isTemplate = false): Expanded {
  const problems: FileProblem[] = [];
  const expanded = text.replace(REFERENCE, (whole, escape: string, name: string) => {
    if (escape !== '') return whole.slice(1);
    if (!NAME.test(name)) {
      problems.push({
        field,
        problem: `has \${${name}}, which is no name of a variable; write $\${...} for the text itself`,
      });
      return '';
    }
    const read = readVariable(name, env);
    if ('problem' in read) {
      problems.push({ field, problem: read.problem });
      return '';
    }
    if (isTemplate && LIQUID_MARK.test(read.value)) {
      problems.push({ field, problem: `cannot take the variable ${name}: its value contains {{ or {%` });
      return '';
    }
    return read.value;
  });
  return { text: expanded, problems };
}

import type { Environment } from '@interject/runtime';
import type { FileProblem } from './file-problem.js';

/** `${NAME}`, or `$${NAME}` for the text itself. */
const REFERENCE = /(\$?)\$\{([^}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LIQUID_MARK = /\{\{|\{%/;

/** What stands where variables were named. */
export interface Expanded {
  readonly text: string;
  readonly problems: readonly FileProblem[];
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
    const value = env[name];
    if (value === undefined || value === '') {
      problems.push({ field, problem: `needs the environment variable ${name}, which is not set` });
      return '';
    }
    if (isTemplate && LIQUID_MARK.test(value)) {
      problems.push({ field, problem: `cannot take the variable ${name}: its value contains {{ or {%` });
      return '';
    }
    return value;
  });
  return { text: expanded, problems };
}

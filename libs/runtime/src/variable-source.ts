import type { EnvField } from './env.decorator.js';
import type { Environment } from './environment.js';
import { readSecretFile } from './secret-file.js';

/** Where the text of a field comes from; `variable` is the one to name when it does not fit. */
export type VariableSource =
  | { readonly kind: 'unset'; readonly variable: string }
  | { readonly kind: 'set'; readonly variable: string; readonly text: string; readonly isSecret: boolean }
  | { readonly kind: 'faulty'; readonly variable: string; readonly problem: string };

const FILE_SUFFIX = '_FILE';

/**
 * The text of a field: of its variable or, for a secret, of the file that `<variable>_FILE` names, as containers get their
 * secrets. An empty variable counts as unset.
 */
export function variableSource(
  { variable, secret }: Pick<EnvField, 'variable' | 'secret'>,
  env: Environment,
): VariableSource {
  const text = env[variable];
  const isSet = text !== undefined && text.trim() !== '';
  const fileVariable = `${variable}${FILE_SUFFIX}`;
  const path = secret ? (env[fileVariable]?.trim() ?? '') : '';
  if (path === '') return isSet ? { kind: 'set', variable, text, isSecret: secret } : { kind: 'unset', variable };
  if (isSet) return { kind: 'faulty', variable: fileVariable, problem: `must not be set beside ${variable}: keep one` };
  // The path is not told: it may be the secret itself, by mistake.
  const file = readSecretFile(path);
  return file.ok
    ? { kind: 'set', variable: fileVariable, text: file.text, isSecret: true }
    : { kind: 'faulty', variable: fileVariable, problem: file.problem };
}

import { readFileSync, statSync } from 'node:fs';

/** Longer than any secret; a path that is wrong, to a log say, is not to be read whole. */
const MAX_BYTES = 64 * 1024;

export type SecretFile =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

/** Reads a secret that stands alone in a file, without the line break that editors leave at its end. */
export function readSecretFile(path: string): SecretFile {
  let bytes: Buffer;
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) return { ok: false, problem: 'must be the path of a file that holds nothing but the secret' };
    bytes = readFileSync(path);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { ok: false, problem: `must be the path of a file that this process can read (${code})` };
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/[\r\n]+$/, '');
  } catch {
    return { ok: false, problem: 'must be the path of a text file (UTF-8)' };
  }
  if (text.trim() === '') return { ok: false, problem: 'must be the path of a file with a secret in it: it is empty' };
  return { ok: true, text };
}

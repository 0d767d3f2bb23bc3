import { CALLBACK_SECRET_LENGTH } from '@interject/contracts';
import type { CallbackOptions } from '../worker.types.js';

/** What is wrong with the options, without the secret. */
export function callbackProblems(options: CallbackOptions | undefined): string[] {
  if (options === undefined) return [];
  const problems: string[] = [];
  const url = URL.canParse(options.publicUrl) ? new URL(options.publicUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    problems.push('GATEWAY_PUBLIC_URL must be where backends reach the gateway, e.g. https://interject.example.com');
  }
  const { min } = CALLBACK_SECRET_LENGTH;
  if (options.secret.length < min) {
    problems.push(`CALLBACK_SECRET must have at least ${String(min)} characters, the same as at the gateway`);
  }
  return problems;
}

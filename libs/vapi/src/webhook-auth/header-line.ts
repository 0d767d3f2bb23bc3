import type { HeadVerdict, WebhookHead } from './webhook-auth.types.js';

/** Reads a header that has to be there once. @param name in lower case */
export function headerLine(
  { headers }: WebhookHead,
  name: string,
): { readonly value: string } | Extract<HeadVerdict, { readonly kind: 'refused' }> {
  const lines = Object.hasOwn(headers, name) ? headers[name] : undefined;
  const [value] = lines ?? [];
  if (lines === undefined || value === undefined || value === '') return { kind: 'refused', reason: 'header-missing' };
  return lines.length === 1 ? { value } : { kind: 'refused', reason: 'header-repeated' };
}

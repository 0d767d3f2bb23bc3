import { hasPlaceholder, PayloadPlaceholders, readPayloadFormat } from './payload-format.js';
import type { PayloadPlaceholder } from './payload-format.js';
import type { WebhookAuthSettings } from './webhook-auth.types.js';

/** Names of what can be set. */
export type WebhookAuthSetting =
  | 'secrets'
  | 'header'
  | 'signatureHeader'
  | 'signaturePrefix'
  | 'timestampHeader'
  | 'payloadFormat'
  | 'messageIdHeader'
  | 'url';

/** A setting that cannot work, and what it has to be like. */
export interface WebhookAuthProblem {
  readonly setting: WebhookAuthSetting;
  readonly problem: string;
}

type HmacSettings = Extract<WebhookAuthSettings, { mode: 'hmac' }>;

const MAX_SECRETS = 10;
const MIN_LENGTH = 8;
const MAX_LENGTH = 1024;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
const PRINTABLE = /^[\x20-\x7e]*$/;
/** Of either alphabet, with or without padding. */
const BASE64 = /^(?:[\w+/-]{4})*(?:[\w+/-]{2}(?:==)?|[\w+/-]{3}=?)?$/;

/** Everything that is wrong with the settings; texts hold no secret. */
export function webhookAuthProblems(settings: WebhookAuthSettings): readonly WebhookAuthProblem[] {
  switch (settings.mode) {
    case 'none':
      return [];
    case 'secret':
      return problemsOfSecrets(settings.secrets, { inHeader: true, base64: false });
    case 'bearer':
      return [
        ...problemsOfSecrets(settings.secrets, { inHeader: true, base64: false }),
        ...problemsOfHeader('header', settings.header),
      ];
    case 'hmac':
      return [
        ...problemsOfSecrets(settings.secrets, { inHeader: false, base64: settings.secretIsBase64 }),
        ...problemsOfHeader('signatureHeader', settings.signatureHeader),
        ...problemsOfHeader('timestampHeader', settings.timestampHeader),
        ...problemsOfHeader('messageIdHeader', settings.messageIdHeader),
        ...problemsOfSameHeaders(settings),
        ...(PRINTABLE.test(settings.signaturePrefix)
          ? []
          : [{ setting: 'signaturePrefix', problem: 'must be printable ASCII' } as const]),
        ...problemsOfPayload(settings),
      ];
  }
}

function problemsOfSecrets(
  secrets: readonly string[],
  { inHeader, base64 }: { readonly inHeader: boolean; readonly base64: boolean },
): readonly WebhookAuthProblem[] {
  const problem = (text: string): readonly WebhookAuthProblem[] => [{ setting: 'secrets', problem: text }];
  if (secrets.length === 0) return problem('must hold a secret');
  if (secrets.length > MAX_SECRETS) return problem(`must not hold more than ${String(MAX_SECRETS)} secrets`);
  if (new Set(secrets).size < secrets.length) return problem('must not hold a secret twice');
  return secrets.flatMap((secret, index) => {
    const flaw = flawOfSecret(secret, inHeader, base64);
    if (flaw === undefined) return [];
    return problem(secrets.length === 1 ? flaw : `${flaw} (number ${String(index + 1)} of ${String(secrets.length)})`);
  });
}

function flawOfSecret(secret: string, inHeader: boolean, base64: boolean): string | undefined {
  if (secret.length < MIN_LENGTH || secret.length > MAX_LENGTH) return 'must have 8 to 1024 characters';
  if (inHeader && !PRINTABLE.test(secret)) return 'must be printable ASCII: it is sent in a header';
  if (!base64) return undefined;
  if (!BASE64.test(secret)) return 'must be base64';
  return Buffer.from(secret, 'base64').byteLength < MIN_LENGTH ? 'must be base64 of 8 bytes or more' : undefined;
}

function problemsOfHeader(setting: WebhookAuthSetting, name: string | undefined): readonly WebhookAuthProblem[] {
  if (name === undefined || HEADER_NAME.test(name)) return [];
  return [{ setting, problem: 'must be the name of an HTTP header, like x-signature' }];
}

function problemsOfSameHeaders(plan: HmacSettings): readonly WebhookAuthProblem[] {
  const used = [plan.signatureHeader.toLowerCase()];
  const problems: WebhookAuthProblem[] = [];
  for (const setting of ['timestampHeader', 'messageIdHeader'] as const) {
    const name = plan[setting]?.toLowerCase();
    if (name === undefined) continue;
    if (used.includes(name)) problems.push({ setting, problem: 'must not be a header that holds something else' });
    used.push(name);
  }
  return problems;
}

function problemsOfPayload(plan: HmacSettings): readonly WebhookAuthProblem[] {
  const { unknown } = readPayloadFormat(plan.payloadFormat);
  const has = (name: PayloadPlaceholder): boolean => hasPlaceholder(plan.payloadFormat, name);
  const problems: WebhookAuthProblem[] = [];
  const note = (setting: WebhookAuthSetting, problem: string): void => void problems.push({ setting, problem });
  if (unknown.length > 0) {
    const known = PayloadPlaceholders.map((name) => `{${name}}`).join(', ');
    note('payloadFormat', `must have no placeholders but ${known}; ${unknown.join(' and ')} is none`);
  }
  if (!has('body')) note('payloadFormat', 'must contain {body}: the signature would hold for any other body');
  if (has('timestamp') && plan.timestampHeader === undefined) {
    note('payloadFormat', 'must not contain {timestamp} while no timestamp is sent');
  }
  if (!has('timestamp') && plan.timestampHeader !== undefined) {
    note('payloadFormat', 'must contain {timestamp}: one that is not signed can be changed by anybody');
  }
  if (has('svix-id') && plan.messageIdHeader === undefined) {
    note('messageIdHeader', 'is needed for {svix-id} in the payload format');
  }
  if (has('url') && plan.url === undefined) note('url', 'is needed for {url} in the payload format');
  return problems;
}

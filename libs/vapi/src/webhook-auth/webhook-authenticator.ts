import { VapiSettingsError } from '../vapi-errors.js';
import { headerLine } from './header-line.js';
import { HmacAuthenticator } from './hmac-authenticator.js';
import { SecretSet } from './secret-set.js';
import { webhookAuthProblems } from './webhook-auth-problems.js';
import type { WebhookAuthenticator, WebhookAuthSettings, WebhookRefusal } from './webhook-auth.types.js';

/** Header with the secret of the server as configured in Vapi, verbatim (VAPI.md 3). */
const SECRET_HEADER = 'x-vapi-secret';
/** The name of the scheme is the same in any case (RFC 9110). */
const BEARER = /^Bearer +(.+)$/i;

/** @throws VapiSettingsError for settings that `webhookAuthProblems` finds fault with */
export function webhookAuthenticator(settings: WebhookAuthSettings): WebhookAuthenticator {
  const [first] = webhookAuthProblems(settings);
  if (first !== undefined) throw new VapiSettingsError(first.setting, first.problem);
  switch (settings.mode) {
    case 'none':
      return { instruction: '', checkHead: () => ({ kind: 'authentic' }) };
    case 'secret':
      return byHeader({
        header: SECRET_HEADER,
        secrets: new SecretSet(settings.secrets),
        credentialIn: (value) => value,
        instruction: `Send the secret of this server in the header '${SECRET_HEADER}'.`,
      });
    case 'bearer': {
      const header = settings.header.toLowerCase();
      const form = settings.prefix ? "as 'Bearer <token>'" : 'as it is';
      return byHeader({
        header,
        secrets: new SecretSet(settings.secrets),
        credentialIn: (value) => (settings.prefix ? BEARER.exec(value)?.[1] : value),
        instruction: `Send the token in the header '${header}', ${form}.`,
      });
    }
    case 'hmac':
      return new HmacAuthenticator(settings, settings.secrets);
  }
}

interface HeaderRule {
  readonly header: string;
  readonly secrets: SecretSet;
  readonly credentialIn: (value: string) => string | undefined;
  readonly instruction: string;
}

function byHeader({ header, secrets, credentialIn, instruction }: HeaderRule): WebhookAuthenticator {
  const refused = (reason: WebhookRefusal) => ({ kind: 'refused', reason }) as const;
  return {
    instruction,
    checkHead: (head) => {
      const line = headerLine(head, header);
      if ('kind' in line) return line;
      const given = credentialIn(line.value);
      if (given === undefined) return refused('credential-malformed');
      return secrets.has(given) ? { kind: 'authentic' } : refused('credential-wrong');
    },
  };
}

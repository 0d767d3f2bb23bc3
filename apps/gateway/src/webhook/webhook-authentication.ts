import type { GatewayConfig } from '../gateway.config.js';
import { secretsEqual } from './shared-secret.js';

/** Header with the secret of the server as configured in Vapi, verbatim. VAPI.md 3 */
export const SECRET_HEADER = 'x-vapi-secret';

/** Whether a webhook with these headers comes from Vapi. */
export function isAuthentic(
  config: Pick<GatewayConfig, 'webhookAuth' | 'webhookSecret'>,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): boolean {
  switch (config.webhookAuth) {
    case 'none':
      return true;
    case 'secret': {
      const given = headers[SECRET_HEADER];
      return (
        typeof given === 'string' && config.webhookSecret !== undefined && secretsEqual(given, config.webhookSecret)
      );
    }
  }
}

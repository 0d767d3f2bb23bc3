import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** Simulated calls run this much faster than real ones; the notifier's times are scaled alike. */
export const TIME_FACTOR = 5;

export const SECRET = 'webhook-secret-of-e2e';
export const API_KEY = 'api-key-of-e2e';
/** What control URLs ask for under `controlAuthentication`. */
export const PUBLIC_KEY = 'public-key-of-e2e';

/** Defaults of the speech settings, to be divided by the time factor. */
const SPEECH = { QUIET: 1200, REPLY_GRACE: 3000, MAX_HOLD: 20_000, BLIND_HOLD: 2000, CONFIRM: 12_000, CHARACTER: 65 };

/** What every started process needs of the machine's environment. */
export function processEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
}

/** A developer's `.env` in the repository, hidden: a variable that is set wins, and an empty one counts as unset. */
export function hiddenDotEnv(root: string): Record<string, string> {
  const file = join(root, '.env');
  if (!existsSync(file)) return {};
  return Object.fromEntries(Object.keys(parseEnv(readFileSync(file, 'utf8'))).map((name) => [name, '']));
}

export interface SystemAddresses {
  readonly natsUrl: string;
  readonly gatewayPort: number;
  readonly simulatorOrigin: string;
  /** Holds tools.yaml, and the data of the appointments worker. */
  readonly directory: string;
}

/** The variables that every service gets, besides its management port. */
export function serviceEnvironment(system: SystemAddresses): Record<string, string> {
  const speech = Object.entries(SPEECH).map(([name, ms]) => [`SPEECH_${name}_MS`, String(ms / TIME_FACTOR)]);
  return {
    NATS_URL: system.natsUrl,
    MANAGEMENT_HOST: '127.0.0.1',
    GATEWAY_PORT: String(system.gatewayPort),
    GATEWAY_PUBLIC_URL: `http://127.0.0.1:${String(system.gatewayPort)}`,
    VAPI_WEBHOOK_AUTH: 'secret',
    VAPI_WEBHOOK_SECRET: SECRET,
    VAPI_CONTROL_URL_ALLOWED_ORIGINS: system.simulatorOrigin,
    VAPI_BASE_URL: system.simulatorOrigin,
    VAPI_API_KEY: 'private-key-of-e2e',
    INTERJECT_API_KEY: API_KEY,
    BACKEND_TOKEN: 'backend-token-of-e2e',
    HTTP_TOOLS_FILE: join(system.directory, 'tools.yaml'),
    APPOINTMENTS_DATA_DIR: join(system.directory, 'appointments'),
    ...(Object.fromEntries(speech) as Record<string, string>),
  };
}

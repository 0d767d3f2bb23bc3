// The settings of the demo among containers (service vapi-simulator of docker-compose.yml): one file of shell assignments for
// each service, with secrets made up here, in a folder that is in memory and goes with the demo. A service that finds its file
// there takes it over whatever `.env` says. `node container-settings.mjs <folder>`
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SIMULATOR = 'http://vapi-simulator:4010';
const BACKEND = 'http://demo-backend:4020';
/** As long as this file is there, the settings are whole. */
const MARK = 'written';

/**
 * What each service of the demo is told, by the name of its app.
 * @param {string} folder where services see the files
 * @param {() => string} secret gives another one each time
 * @returns {Record<string, Record<string, string>>}
 */
export function containerSettings(folder, secret) {
  const webhook = { VAPI_WEBHOOK_SECRET: secret() };
  const api = { INTERJECT_API_KEY: secret() };
  const account = { VAPI_API_KEY: secret() };
  return {
    gateway: { VAPI_WEBHOOK_AUTH: 'secret', ...webhook, ...api, VAPI_CONTROL_URL_ALLOWED_ORIGINS: SIMULATOR },
    notifier: {
      ...account,
      VAPI_PUBLIC_KEY: '',
      VAPI_BASE_URL: SIMULATOR,
      VAPI_CONTROL_URL_ALLOWED_ORIGINS: SIMULATOR,
    },
    'http-worker': { HTTP_TOOLS_FILE: join(folder, 'http-tools.yaml'), DEMO_BACKEND_URL: BACKEND },
    // A practice system that takes its time.
    'appointments-worker': { APPOINTMENTS_SEARCH_DELAY_MS: '2500' },
    'follow-up-worker': { FOLLOW_UP_WEBHOOK_URL: `${BACKEND}/follow-ups`, FOLLOW_UP_WEBHOOK_SECRET: secret() },
    'vapi-simulator': { ...webhook, ...api, ...account },
  };
}

/**
 * A shell script that sets them, and takes away what would contradict them: files for the same secrets, and the options of
 * another way to authenticate webhooks.
 * @param {Record<string, string>} settings
 */
export function shellScript(settings) {
  const others = "env | sed -n 's/^\\(VAPI_WEBHOOK_[A-Z0-9_]*\\)=.*/\\1/p'";
  const lines = Object.entries(settings).flatMap(([name, value]) => [`${name}='${value}'`, `unset ${name}_FILE`]);
  return ['set -a', `unset NONE $(${others})`, ...lines, 'set +a', ''].join('\n');
}

/**
 * Writes the files unless they are there: a simulator that was restarted alone goes on with the secrets that the others have.
 * @param {string} folder
 * @param {string} toolsFile
 */
export function writeSettings(folder, toolsFile) {
  if (existsSync(join(folder, MARK))) return;
  const secret = () => randomBytes(24).toString('base64url');
  for (const [app, settings] of Object.entries(containerSettings(folder, secret))) {
    // At once or not at all: a service may look for it at this moment.
    writeFileSync(join(folder, `${app}.new`), shellScript(settings), { mode: 0o600 });
    renameSync(join(folder, `${app}.new`), join(folder, `${app}.sh`));
  }
  copyFileSync(toolsFile, join(folder, 'http-tools.yaml'));
  writeFileSync(join(folder, MARK), '');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder = '/run/demo'] = process.argv.slice(2);
  writeSettings(folder, join(import.meta.dirname, 'http-tools.yaml'));
}

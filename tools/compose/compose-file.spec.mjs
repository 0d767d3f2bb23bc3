import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { containerSettings } from '../demo/container-settings.mjs';
import { configVariables } from '../setup/config-variables.mjs';
import { root } from '../setup/paths.mjs';

/**
 * What a service of the file has, as far as it matters here.
 * @typedef {{
 *   image: string, build?: { args: Record<string, string | number> }, environment?: Record<string, string | number>,
 *   profiles?: string[], ports?: string[], volumes?: string[], networks?: string[], healthcheck?: { test: string[] },
 *   depends_on?: Record<string, { condition: string, required?: boolean }>, secrets?: string[], user?: string,
 *   read_only?: boolean, cap_drop?: string[], cap_add?: string[], security_opt?: string[], privileged?: boolean,
 *   command?: string[],
 * }} Service
 */

const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');
const text = read('docker-compose.yml');
/** @type {{ services: Record<string, Service>, volumes: Record<string, { driver_opts?: Record<string, string> }> }} */
const compose = parse(text, { merge: true });
const services = Object.entries(compose.services);
/** @param {string} name @returns {Service} */
const service = (name) => compose.services[name] ?? { image: '' };

const apps = readdirSync(join(root, 'apps'))
  .filter((app) => existsSync(join(root, 'apps', app, 'package.json')))
  .map((app) => ({ app, interject: JSON.parse(read(`apps/${app}/package.json`)).interject }));

const isDemoOnly = (/** @type {Service} */ { profiles = [] }) => profiles.join() === 'demo';
const production = services.filter(([, one]) => !isDemoOnly(one));
const demo = services.filter(([, one]) => isDemoOnly(one)).map(([name]) => name);

/** Variables of .env.example that containers do not get, and why. */
const NOT_FOR_CONTAINERS = new Map(
  Object.entries({
    VAPI_WEBHOOK_SECRET_FILE: 'deploy/compose.secrets.yml has files',
    NATS_REPLICAS: 'there is one server',
    NATS_INBOX_PREFIX: 'that of the user is right',
    OTEL_SERVICE_NAME: 'it would be one name for all',
    OTEL_RESOURCE_ATTRIBUTES: 'the docker command sets it for itself, so that .env would be of no avail',
    MANAGEMENT_HOST: 'the container is the limit',
    APPOINTMENTS_DATA_DIR: 'there is a database server',
    COMPOSE_PROFILES: 'read by docker compose itself',
    VAPI_CREDENTIAL_ID: 'of the command line',
    VAPI_REQUEST_SPACING_MS: 'of the command line',
    INTERJECT_STATE_DIR: 'of npm run serve',
    SIMULATOR_TIME_FACTOR: 'the call of the demo takes as long as a call does',
    SIMULATOR_QUIRKS: 'the demo is the same for everybody',
    SIMULATOR_ACCOUNT_FILE: 'the demo is the same for everybody',
  }),
);
const isForContainers = (/** @type {string} */ name) => !NOT_FOR_CONTAINERS.has(name) && !name.endsWith('_REPLICAS');

describe('docker-compose.yml', () => {
  it.each(apps)('runs $app from an image of its own', ({ app, interject }) => {
    const { image, build, environment } = service(app);
    expect(image).toBe(`interject/${app}`);
    expect(build?.args['APP']).toBe(app);
    if (interject === undefined) return;
    const variable = `${app.toUpperCase().replaceAll('-', '_')}_MANAGEMENT_PORT`;
    expect([build?.args['MANAGEMENT_PORT'], environment?.[variable]]).toEqual([
      interject.managementPort,
      interject.managementPort,
    ]);
  });

  it.each(services)('gives %s a health check and no rights that it does not need', (_name, one) => {
    expect(one.healthcheck?.test.length).toBeGreaterThan(1);
    expect(one).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect([one.cap_add, one.privileged]).toEqual([undefined, undefined]);
  });

  it('shows the webhook to the world, and the rest to this machine alone', () => {
    const open = services.flatMap(([name, { ports = [] }]) =>
      ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name} ${port}`),
    );
    expect(open).toEqual(['gateway ${GATEWAY_PORT:-3000}:3000']);
  });

  it.each(apps.filter(({ interject }) => interject !== undefined))(
    'passes on what $app is configured by',
    ({ app }) => {
      const variables = [...configVariables(join('apps', app)).keys()].filter((name) => !name.includes('<'));
      const passed = Object.keys(service(app).environment ?? {});
      expect(variables.filter(isForContainers).filter((name) => !passed.includes(name))).toEqual([]);
    },
  );

  it('knows every variable of .env.example, and no others', () => {
    const listed = [...read('.env.example').matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
    const keys = services.flatMap(([, { environment = {} }]) => Object.keys(environment));
    const substituted = [...text.matchAll(/(?<!\$)\$\{([A-Z][A-Z0-9_]+):[-+]/g)].map(([, name = '']) => name);
    const known = new Set([...keys, ...substituted]);
    expect(listed.filter(isForContainers).filter((name) => !known.has(name))).toEqual([]);
    expect([...new Set(substituted)].filter((name) => !listed.includes(name))).toEqual([]);
  });

  it('has health checks that ask the management port whether a service is ready', () => {
    for (const { app } of apps.filter(({ interject }) => interject !== undefined)) {
      expect(service(app).healthcheck?.test).toEqual(['CMD', 'node', 'healthcheck.mjs', '/health/ready']);
    }
  });
});

describe('the profile demo', () => {
  it('has the simulator, the backend and the call, and nothing of them runs without it', () => {
    expect(demo).toEqual(['vapi-simulator', 'demo-backend', 'demo-call']);
    for (const [name, { depends_on = {} }] of production) {
      const needed = Object.keys(depends_on).filter((one) => demo.includes(one) && depends_on[one]?.required !== false);
      expect([name, needed]).toEqual([name, []]);
    }
  });

  it('runs every service', () => {
    const left = production.filter(([, { profiles }]) => profiles !== undefined && !profiles.includes('demo'));
    expect(left.map(([name]) => name)).toEqual([]);
  });

  it('leaves nothing behind: its settings are in memory, and only the simulator writes them', () => {
    expect(compose.volumes['demo']?.driver_opts).toMatchObject({ type: 'tmpfs', device: 'tmpfs' });
    const mounts = services.flatMap(([name, { volumes = [] }]) =>
      volumes.filter((volume) => volume.startsWith('demo:')).map((volume) => ({ name, volume })),
    );
    expect(mounts.filter(({ volume }) => !volume.endsWith(':ro')).map(({ name }) => name)).toEqual(['vapi-simulator']);
    for (const app of Object.keys(containerSettings('/run/demo', () => ''))) {
      expect(mounts.map(({ name }) => name)).toContain(app);
    }
  });

  it('is where demo settings come from, and nowhere else', () => {
    for (const [name, { environment = {} }] of production) {
      const told = Object.values(environment).filter((value) => /simulator|demo/.test(String(value)));
      expect([name, told]).toEqual([name, []]);
    }
    expect(service('gateway').environment).toMatchObject({
      VAPI_WEBHOOK_AUTH: '${VAPI_WEBHOOK_AUTH:-}',
      VAPI_WEBHOOK_SECRET: '${VAPI_WEBHOOK_SECRET:-}',
      VAPI_CONTROL_URL_ALLOWED_ORIGINS: '${VAPI_CONTROL_URL_ALLOWED_ORIGINS:-}',
    });
  });

  it('waits for the tools that its call uses', () => {
    const call = parse(read('tools/demo/demo-call.yaml'));
    const names = call.tools.map((/** @type {{ name: string }} */ { name }) => `'${name}'`).join(', ');
    expect(read('tools/demo/container-call.mjs')).toContain(`const TOOLS = [${names}];`);
  });
});

describe('deploy/compose.secrets.yml', () => {
  /** @type {{ services: Record<string, Service>, secrets: Record<string, { file: string }> }} */
  const override = parse(read('deploy/compose.secrets.yml'));

  it.each(Object.entries(override.services))('hands files to %s in place of variables', (name, one) => {
    const { environment = {}, secrets = [] } = one;
    const files = Object.keys(environment).filter((variable) => variable.endsWith('_FILE'));
    expect(files.map((variable) => environment[variable])).toEqual(secrets.map((secret) => `/run/secrets/${secret}`));
    for (const file of files) {
      const variable = file.replace(/_FILE$/, '');
      expect(environment[variable]).toBe('');
      expect(service(name).environment).toHaveProperty(variable);
    }
    for (const secret of secrets) expect(override.secrets[secret]?.file).toBe(`./deploy/secrets/${secret}`);
  });

  it('names a folder that goes into no commit and no image', () => {
    for (const file of ['.gitignore', '.dockerignore']) expect(read(file).split('\n')).toContain('deploy/secrets');
  });
});

describe('deploy/Dockerfile', () => {
  const stages = read('deploy/Dockerfile').split(/^FROM /m);
  const last = stages.at(-1) ?? '';

  it('ends in a stage without npm, as a user without rights, with a health check', () => {
    expect(last).toMatch(/^\$\{RUNTIME_IMAGE\} AS runtime\n/);
    expect(last).toMatch(/^USER 1000:1000$/m);
    expect(last).toMatch(/^HEALTHCHECK .*CMD \["node", "healthcheck\.mjs"\]$/m);
  });

  it('lets the service have the signals', () => {
    expect(last).toMatch(/^CMD \["sh", "-c", "exec node /m);
    expect(service('gateway').command?.at(-1)).toMatch(/; exec node "apps\/\$\$APP\/dist\/main\.js"$/);
  });

  it('installs the dependencies of the app alone', () => {
    expect(stages.join('')).toContain('npm ci --omit=dev --workspace="@interject/$APP"');
  });
});

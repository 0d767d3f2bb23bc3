import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@interject/testing';
import { commandsOf } from './harness/guide-commands.js';
import { WorkspaceCopy } from './harness/workspace-copy.js';

const GUIDE = 'docs/guides/add-a-worker.md';
/** From a clone to the spoken result, `git clone` and `cd` included. */
const MOST_COMMANDS = 5;
const LIMIT_MS = 600_000;

describe('docs/guides/add-a-worker.md, followed in a clean clone', () => {
  let copy: WorkspaceCopy;
  let commands: readonly string[];
  const outputs = new Map<string, string>();

  beforeAll(async () => {
    copy = await WorkspaceCopy.clean();
    commands = commandsOf(await copy.read(GUIDE));
    for (const command of commands) outputs.set(command, await succeeds(command));
  }, 2 * LIMIT_MS);
  afterAll(() => copy.dispose());

  async function succeeds(command: string): Promise<string> {
    const { code, output } = await copy.run(command, LIMIT_MS);
    if (code !== 0) throw new Error(`${command} ended with ${String(code)}:\n${output.slice(-8000)}`);
    return output;
  }

  function outputOf(pattern: RegExp): string {
    const command = commands.find((one) => pattern.test(one));
    return (command === undefined ? undefined : outputs.get(command)) ?? '';
  }

  it('gets in at most five commands to a spoken result of the new worker', () => {
    const played = commands.findIndex((command) => command.startsWith('npm start'));

    expect(commands[0]).toBe('npm ci');
    expect(played + 1 + 2).toBeLessThanOrEqual(MOST_COMMANDS);
    const output = outputOf(/^npm start/);
    expect(output).toMatch(/^heard: Your request about next Monday is taken\. The reference is( \d){6}\.$/m);
    expect(output).not.toContain('npm ci');
    expect(output).not.toContain('not heard');
  });

  it('runs lint, types and tests of what was generated', () => {
    expect(outputOf(/run-many/)).toContain('Successfully ran targets lint, typecheck, test');
    expect(outputOf(/workspace:tool/)).toContain('storm-warning.tool.ts');
  });

  it(
    'leaves nothing to be synchronised, installed or formatted',
    async () => {
      const lock = await copy.read('package-lock.json');

      expect(await succeeds('npx nx sync --check')).toContain('up to date');
      await succeeds('npm ci --dry-run');
      await succeeds('npm install --package-lock-only');
      expect(await copy.read('package-lock.json')).toBe(lock);
      await succeeds('npx prettier --check apps/weather-worker docker-compose.yml tsconfig.json');
    },
    LIMIT_MS,
  );

  it(
    'is started by npm run serve, with no list edited',
    async () => {
      expect(await copy.read(GUIDE)).toContain('npm run serve');
      const env: Record<string, string> = { VAPI_WEBHOOK_AUTH: 'none', GATEWAY_PORT: String(await freePort()) };
      for (const service of ['GATEWAY', 'NOTIFIER', 'APPOINTMENTS_WORKER', 'WEATHER_WORKER']) {
        env[`${service}_MANAGEMENT_PORT`] = String(await freePort());
      }
      const serving = await copy.serve('node tools/setup/serve.mjs', 'interject ready', env);

      expect(serving.output()).toContain('weather-worker is ready');
      const readiness = await fetch(`http://127.0.0.1:${String(env['WEATHER_WORKER_MANAGEMENT_PORT'])}/health/ready`);
      expect(await readiness.json()).toMatchObject({
        status: 'ready',
        checks: { tools: { names: expect.arrayContaining(['request_weather', 'storm_warning']) } },
      });
      expect(await serving.stop()).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'plays no scenario that is not there, and says so at once',
    async () => {
      const { code, output } = await copy.run('npm start -- --once apps/weather-worker/no-call.yaml');

      expect(code).toBe(1);
      expect(output).toContain('There is no scenario apps/weather-worker/no-call.yaml');
    },
    LIMIT_MS,
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkspaceCopy } from './harness/workspace-copy.js';

const PROJECT = 'apps/tide-tables-worker';
const LIMIT_MS = 120_000;

/** The quick part; add-a-worker.slow.e2e-spec.ts follows the whole guide, from a clean clone to the spoken result. */
describe('a generated worker', () => {
  let copy: WorkspaceCopy;

  beforeAll(async () => {
    copy = await WorkspaceCopy.ready();
    await succeeds('npx nx g @interject/workspace:worker tide-tables');
  }, LIMIT_MS);
  afterAll(() => copy.dispose());

  async function succeeds(command: string): Promise<string> {
    const { code, output } = await copy.run(command, LIMIT_MS);
    if (code !== 0) throw new Error(`${command} ended with ${String(code)}:\n${output.slice(-5000)}`);
    return output;
  }

  it(
    'compiles, passes lint and its tests, and is formatted, right after it was generated',
    async () => {
      const [checks] = await Promise.all([
        succeeds('npx nx run-many -t lint,test -p @interject/tide-tables-worker --outputStyle=static'),
        succeeds(`npx tsc --build ${PROJECT}`),
        succeeds(`npx prettier --check ${PROJECT} docker-compose.yml tsconfig.json`),
      ]);

      expect(checks).toContain('4 passed, 4 total');
    },
    LIMIT_MS,
  );
});

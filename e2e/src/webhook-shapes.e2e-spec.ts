import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { reportCall } from './harness/scenarios.js';

/** Every shape of a tool call that was met somewhere (VAPI.md 1.2 to 1.8). */
const SHAPES: Readonly<Record<string, object>> = {
  'arguments as a string': { arguments: 'string' },
  'flat arguments': { toolCall: 'flat-arguments' },
  'flat parameters': { toolCall: 'flat-parameters' },
  'only toolCallList': { lists: ['toolCallList'] },
  'only toolCalls': { lists: ['toolCalls'] },
  'only toolWithToolCallList': { lists: ['toolWithToolCallList'] },
  'ISO timestamps': { timestamp: 'iso' },
  'no control URL: it is looked up': { monitor: false },
  'null entries': { nullEntries: true },
  'a squad': { squad: true },
  'secrets in the body': { secrets: true },
  '300 KB': { bodyBytes: 300_000 },
  '2 MB': { bodyBytes: 2_000_000 },
  'ids of Anthropic': { ids: 'anthropic' },
  'short ids': { ids: 'short' },
  'ids with line breaks and wildcards': { ids: 'hostile' },
};

describe('a webhook with', () => {
  let system: InterjectSystem;

  beforeAll(async () => {
    system = await InterjectSystem.start();
  }, 60_000);
  afterEach(() => {
    system.backend.reset();
  });
  afterAll(async () => {
    await system.stop();
  });

  // At once: each is a call of its own, and none may disturb another.
  it.concurrent.each(Object.entries(SHAPES))('%s is spoken once', async (name, shape) => {
    const { simulator } = system;
    const played = await simulator.play({ ...reportCall(`the one with ${name}`, { name }), shape });
    expectPassed(played);
  });
});

import { describe, expect } from '@jest/globals';
import { planCall } from './harness/scenarios.js';
import { histories, Stage } from './harness/stage.js';

const ASKS = { caller: 'Please do that for me.' };

/** The example worker reports after five seconds of real time. */
describe('a worker of code', () => {
  const stage = new Stage({
    services: ['gateway', 'notifier', 'appointments-worker'],
    env: { APPOINTMENTS_SEARCH_DELAY_MS: '7000' },
  });
  const scene = stage.scene.bind(stage);

  scene(
    'what the worker says of its progress is said, then the result',
    planCall({
      tools: ['find_slots'],
      steps: [
        ASKS,
        { toolCalls: [{ tool: 'find_slots', arguments: { service: 'dentist' } }] },
        { waitForHeard: { text: 'times are free', withinMs: 60_000 } },
      ],
      expect: [{ order: ['I am still looking through the calendar', 'times are free'] }],
    }),
    async ({ system, callId }) => {
      const found = await histories(system, callId, 2);
      expect(found.map(({ last, states }) => `${last.source}: ${states}`)).toEqual([
        'progress: sending heard',
        'result: sending heard',
      ]);
    },
  );
});

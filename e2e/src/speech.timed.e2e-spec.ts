import { describe } from '@jest/globals';
import { PUBLIC_KEY } from './harness/environment.js';
import { Stage } from './harness/stage.js';
import { floorScenes } from './harness/scenes/speech-floor.js';
import { ledgerScenes } from './harness/scenes/speech-ledger.js';
import { speechPlanScenes } from './harness/scenes/speech-plans.js';

describe('speech', () => {
  const stage = new Stage({ env: { VAPI_API_KEY: '', VAPI_PUBLIC_KEY: PUBLIC_KEY } });

  // Those with the longest calls first: they are started in this order.
  describe('in the ledger', () => {
    ledgerScenes(stage);
  });
  describe('with the floor in view', () => {
    floorScenes(stage);
  });
  describe('by its plan', () => {
    speechPlanScenes(stage);
  });
});

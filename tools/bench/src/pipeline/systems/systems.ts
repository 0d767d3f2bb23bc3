import { expressBullmqSystem } from '../peers/express-bullmq.system.js';
import type { PipelineSystem } from '../system.types.js';
import { floorSystem } from './floor.system.js';
import { interjectSystem } from './interject.system.js';

/** What the others are compared with. */
export const BASE_SYSTEM = 'floor';

/** All that can be measured; those that run without being asked for come in this order, rotated. */
export const pipelineSystems: readonly PipelineSystem[] = [
  floorSystem(BASE_SYSTEM),
  interjectSystem,
  floorSystem('floor-again'),
  expressBullmqSystem,
];

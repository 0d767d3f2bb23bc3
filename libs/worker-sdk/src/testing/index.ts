export { CallEventBench } from './call-event-bench.js';
export { MemorySink } from './memory-sink.js';
export { ToolBench } from './tool-bench.js';
export type { CallbackWishes, DeliveryWishes, DrivenClock } from './tool-bench.js';
export { VirtualClock } from '@interject/testing';
export { handlerRegistration } from '../definition/handler-registration.js';

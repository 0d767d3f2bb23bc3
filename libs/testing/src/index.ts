export { aFloorChange, aResult, aToolCall, aToolDefinition } from './builders.js';
export { eventually } from './eventually.js';
export type { EventuallyOptions } from './eventually.js';
export { freePort } from './free-port.js';
export { NatsServer, startNatsServer } from './nats-server.js';
export type { NatsServerOptions } from './nats-server.js';
export { VirtualClock } from './virtual-clock.js';
export { startPostgres } from './postgres-server.js';
export type { RunningPostgres } from './postgres-server.js';

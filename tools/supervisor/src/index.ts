export { isFreeEverywhere, nextFreePort } from './free-port.js';
export { variablePrefix, type Environment, type PlannedProcess, type ReadinessProbe } from './process-plan.js';
export { readServices, type ServiceDefinition, type ServiceRole } from './service-list.js';
export { stopOnSignals, type SignalSource, type Stoppable } from './signals.js';
export { isSupervisorError, SupervisorError, type SupervisorErrorCode } from './supervisor-error.js';
export { Supervisor, type SupervisorOptions } from './supervisor.js';

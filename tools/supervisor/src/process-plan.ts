import type { ServiceDefinition, ServiceRole } from './service-list.js';
import { SupervisorError } from './supervisor-error.js';

/** How the supervisor learns that a process is ready: its management port, or merely that a port answers. */
export type ReadinessProbe =
  { readonly kind: 'health'; readonly port: number } | { readonly kind: 'port'; readonly port: number };

/** One process to run, with every decision made. */
export interface PlannedProcess {
  /** Unique: the service's name, from the second replica on with its number (`http-worker-2`). */
  readonly id: string;
  readonly role: ServiceRole;
  /** Arguments of `node`, relative to the root of the repository. */
  readonly args: readonly string[];
  /** Set beside the inherited environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly probe: ReadinessProbe;
}

export interface ClaimedPort {
  readonly port: number;
  /** The variable that moves it. */
  readonly variable: string;
  /** The process that will listen there. */
  readonly id: string;
}

export interface ProcessPlan {
  readonly processes: readonly PlannedProcess[];
  readonly ports: readonly ClaimedPort[];
  /** One line for each service of which no process runs, with the reason. */
  readonly leftOut: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Replica i of a service has its management port 100 * i above the first one's: 9110, 9210, 9310 ... */
const REPLICA_PORT_STEP = 100;
const REPLICAS = { min: 0, max: 50 };
const MAX_PORT = 65_535;

/** `http-worker` -> `HTTP_WORKER` */
export function variablePrefix(service: string): string {
  return service.toUpperCase().replaceAll('-', '_');
}

/**
 * Decides which processes run and on which ports.
 * @throws SupervisorError `configuration` with all faults of the environment together
 */
export function planProcesses(definitions: readonly ServiceDefinition[], env: Environment): ProcessPlan {
  const faults: string[] = [];
  const processes: PlannedProcess[] = [];
  const ports: ClaimedPort[] = [];
  const leftOut: string[] = [];
  for (const definition of definitions) {
    const planned = planService(definition, env, faults);
    processes.push(...planned.processes);
    ports.push(...planned.ports);
    leftOut.push(...planned.leftOut);
  }
  faults.push(...portFaults(ports));
  if (faults.length > 0) {
    throw new SupervisorError(
      'configuration',
      `The configuration has faults:\n${faults.map((f) => `  ${f}`).join('\n')}`,
    );
  }
  return { processes, ports: ports.filter(({ port }) => port !== 0), leftOut };
}

function planService(definition: ServiceDefinition, env: Environment, faults: string[]): ProcessPlan {
  const prefix = variablePrefix(definition.name);
  const managementVariable = `${prefix}_MANAGEMENT_PORT`;
  const lacks = lackOf(definition, env);
  const replicas = readInteger(env, `${prefix}_REPLICAS`, lacks === undefined ? 1 : 0, REPLICAS, faults);
  const management = readInteger(env, managementVariable, definition.managementPort, { min: 1, max: MAX_PORT }, faults);
  const { http } = definition;
  const httpPort = http && readInteger(env, http.variable, http.port, { min: 0, max: MAX_PORT }, faults);

  const processes: PlannedProcess[] = [];
  const ports: ClaimedPort[] = [];
  for (let replica = 0; replica < replicas; replica += 1) {
    const id = replica === 0 ? definition.name : `${definition.name}-${replica + 1}`;
    const port = management + REPLICA_PORT_STEP * replica;
    const processEnv: Record<string, string> = { [managementVariable]: String(port) };
    ports.push({ port, variable: managementVariable, id });
    if (http && httpPort !== undefined) {
      // 0 lets the system choose, for every replica.
      const ownPort = httpPort === 0 ? 0 : httpPort + replica;
      processEnv[http.variable] = String(ownPort);
      ports.push({ port: ownPort, variable: http.variable, id });
    }
    processes.push({
      id,
      role: definition.role,
      args: [mainFile(definition.name)],
      env: processEnv,
      probe: { kind: 'health', port },
    });
  }
  const reason = lacks === undefined ? `${prefix}_REPLICAS is 0` : `${lacks} is not set`;
  return { processes, ports, leftOut: replicas > 0 ? [] : [`${definition.name} is left out: ${reason}`] };
}

/** Path of a service's entry point, relative to the root: operators and tests find the process by it. */
export function mainFile(service: string): string {
  return `apps/${service}/dist/main.js`;
}

/** The variable without which a service has nothing to do, if it is not set. */
function lackOf({ needs }: ServiceDefinition, env: Environment): string | undefined {
  if (needs === undefined) return undefined;
  // A secret may stand in a file.
  const isSet = [needs, `${needs}_FILE`].some((name) => (env[name]?.trim() ?? '') !== '');
  return isSet ? undefined : needs;
}

function readInteger(
  env: Environment,
  variable: string,
  fallback: number,
  range: { readonly min: number; readonly max: number },
  faults: string[],
): number {
  const raw = env[variable]?.trim();
  if (raw === undefined || raw === '') return fallback;
  const value = Number(raw);
  if (/^\d+$/.test(raw) && value >= range.min && value <= range.max) return value;
  faults.push(`${variable} must be a whole number from ${range.min} to ${range.max}.`);
  return fallback;
}

function portFaults(ports: readonly ClaimedPort[]): string[] {
  const faults: string[] = [];
  const owners = new Map<number, ClaimedPort>();
  for (const claim of ports) {
    if (claim.port > MAX_PORT)
      faults.push(`${claim.variable}: port ${claim.port} of ${claim.id} is above ${MAX_PORT}.`);
    if (claim.port === 0) continue;
    const owner = owners.get(claim.port);
    if (owner) {
      faults.push(
        `Port ${claim.port} is meant for both ${owner.id} (${owner.variable}) and ${claim.id} (${claim.variable}): move one.`,
      );
    } else {
      owners.set(claim.port, claim);
    }
  }
  return faults;
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SupervisorError } from './supervisor-error.js';

/**
 * What a process is for. It decides two things: the order of stopping, and who has to know whose tools
 * (the gateway those of the workers).
 */
export type ServiceRole = 'gateway' | 'worker' | 'notifier' | 'companion';

export interface ServiceDefinition {
  /** Folder below apps/, prefix of the log lines and, in upper snake case, of the service's variables. */
  readonly name: string;
  readonly role: ServiceRole;
  /** Default of `<SERVICE>_MANAGEMENT_PORT`. */
  readonly managementPort: number;
  /** Public HTTP port, for a service that has one. */
  readonly http?: { readonly variable: string; readonly port: number };
  /** A variable without which it has nothing to do: it is left out then, unless its replicas are asked for. */
  readonly needs?: string;
}

/** Roles of apps, in the order of starting. */
const APP_ROLES: readonly ServiceRole[] = ['gateway', 'notifier', 'worker'];
const MAX_PORT = 65_535;
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

/**
 * Every service of a workspace, in the order of starting: the apps whose package.json says under `interject` how they
 * run, e.g. `{ "role": "worker", "managementPort": 9113 }`. So a new worker is in no list that somebody has to edit.
 *
 * @param root of the repository
 * @throws SupervisorError `configuration` with all faults of all package.json files together
 */
export function readServices(root: string): readonly ServiceDefinition[] {
  const faults: string[] = [];
  const services = appFolders(root).flatMap((name) => {
    const file = `apps/${name}/package.json`;
    const read = readService(name, interjectKey(join(root, file), faults), (fault) => faults.push(`${file}: ${fault}`));
    return read === undefined ? [] : [read];
  });
  faults.push(...samePorts(services));
  if (faults.length > 0) {
    throw new SupervisorError('configuration', `The services have faults:\n${faults.map((f) => `  ${f}`).join('\n')}`);
  }
  const rank = ({ role }: ServiceDefinition): number => APP_ROLES.indexOf(role);
  return services.sort((a, b) => rank(a) - rank(b) || a.managementPort - b.managementPort);
}

function appFolders(root: string): readonly string[] {
  const apps = join(root, 'apps');
  if (!existsSync(apps)) return [];
  return readdirSync(apps, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(apps, entry.name, 'package.json')))
    .map(({ name }) => name);
}

/** An app without the key is no service (vapi-simulator). */
function interjectKey(file: string, faults: string[]): unknown {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly interject?: unknown } | null)?.interject;
  } catch {
    faults.push(`${file} is no JSON.`);
    return undefined;
  }
}

function readService(name: string, value: unknown, fault: (text: string) => void): ServiceDefinition | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) {
    fault('interject must be an object with role and managementPort.');
    return undefined;
  }
  const { role, managementPort, http, needs, ...others } = value;
  const known = APP_ROLES.find((one) => one === role);
  if (known === undefined) fault(`interject.role must be one of ${APP_ROLES.join(', ')}.`);
  if (!isPort(managementPort)) fault(`interject.managementPort must be a port, 1 to ${MAX_PORT}.`);
  if (http !== undefined && !isHttp(http)) fault('interject.http must be { "variable": "NAME_PORT", "port": 3000 }.');
  if (needs !== undefined && !isVariable(needs)) fault('interject.needs must be the name of a variable.');
  for (const key of Object.keys(others)) fault(`interject.${key} is not known: role, managementPort, http, needs are.`);
  if (known === undefined || !isPort(managementPort)) return undefined;
  return {
    name,
    role: known,
    managementPort,
    ...(isHttp(http) && { http: { variable: http.variable, port: http.port } }),
    ...(isVariable(needs) && { needs }),
  };
}

function samePorts(services: readonly ServiceDefinition[]): readonly string[] {
  return services.flatMap(({ name, managementPort }, at) => {
    const other = services.slice(0, at).find((one) => one.managementPort === managementPort);
    return other === undefined
      ? []
      : [`apps/${name} and apps/${other.name} have the same managementPort ${managementPort}: change one.`];
  });
}

function isHttp(value: unknown): value is { readonly variable: string; readonly port: number } {
  return isRecord(value) && isVariable(value['variable']) && isPort(value['port']);
}

function isVariable(value: unknown): value is string {
  return typeof value === 'string' && VARIABLE.test(value);
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_PORT;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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

/** Every service of the product, in the order of starting. The one list: add a new worker here. */
export const services: readonly ServiceDefinition[] = [
  { name: 'gateway', role: 'gateway', managementPort: 9100, http: { variable: 'GATEWAY_PORT', port: 3000 } },
  { name: 'notifier', role: 'notifier', managementPort: 9101 },
  { name: 'http-worker', role: 'worker', managementPort: 9110, needs: 'HTTP_TOOLS_FILE' },
  { name: 'appointments-worker', role: 'worker', managementPort: 9111 },
  { name: 'follow-up-worker', role: 'worker', managementPort: 9112, needs: 'FOLLOW_UP_WEBHOOK_URL' },
];

import { describe, expect, it } from '@jest/globals';
import { planProcesses } from './process-plan.js';
import type { ServiceDefinition } from './service-list.js';

const services: readonly ServiceDefinition[] = [
  { name: 'gateway', role: 'gateway', managementPort: 9100, http: { variable: 'GATEWAY_PORT', port: 3000 } },
  { name: 'notifier', role: 'notifier', managementPort: 9101 },
  { name: 'http-worker', role: 'worker', managementPort: 9110, needs: 'HTTP_TOOLS_FILE' },
  { name: 'appointments-worker', role: 'worker', managementPort: 9111 },
  { name: 'follow-up-worker', role: 'worker', managementPort: 9112, needs: 'FOLLOW_UP_WEBHOOK_URL' },
];

describe('planProcesses', () => {
  it('runs one process of each service on its default ports', () => {
    const { processes, ports } = planProcesses(services, {
      HTTP_TOOLS_FILE: 'tools.yaml',
      FOLLOW_UP_WEBHOOK_URL: 'https://sms.example/',
    });

    expect(processes.map(({ id, args, probe }) => [id, args[0], probe.port])).toEqual([
      ['gateway', 'apps/gateway/dist/main.js', 9100],
      ['notifier', 'apps/notifier/dist/main.js', 9101],
      ['http-worker', 'apps/http-worker/dist/main.js', 9110],
      ['appointments-worker', 'apps/appointments-worker/dist/main.js', 9111],
      ['follow-up-worker', 'apps/follow-up-worker/dist/main.js', 9112],
    ]);
    expect(processes[0]?.env).toEqual({ GATEWAY_MANAGEMENT_PORT: '9100', GATEWAY_PORT: '3000' });
    expect(ports.map(({ port }) => port)).toEqual([9100, 3000, 9101, 9110, 9111, 9112]);
  });

  it('gives each replica ports of its own', () => {
    const { processes } = planProcesses(services, {
      GATEWAY_REPLICAS: '2',
      GATEWAY_PORT: '8080',
      HTTP_WORKER_REPLICAS: '3',
      HTTP_WORKER_MANAGEMENT_PORT: '9500',
      APPOINTMENTS_WORKER_REPLICAS: '0',
    });

    expect(processes.map(({ id, env }) => [id, env])).toEqual([
      ['gateway', { GATEWAY_MANAGEMENT_PORT: '9100', GATEWAY_PORT: '8080' }],
      ['gateway-2', { GATEWAY_MANAGEMENT_PORT: '9200', GATEWAY_PORT: '8081' }],
      ['notifier', { NOTIFIER_MANAGEMENT_PORT: '9101' }],
      ['http-worker', { HTTP_WORKER_MANAGEMENT_PORT: '9500' }],
      ['http-worker-2', { HTTP_WORKER_MANAGEMENT_PORT: '9600' }],
      ['http-worker-3', { HTTP_WORKER_MANAGEMENT_PORT: '9700' }],
    ]);
  });

  it('leaves out what is not wanted or has nothing to do, unless its replicas are asked for', () => {
    const without = planProcesses(services, { APPOINTMENTS_WORKER_REPLICAS: '0' });
    expect(without.processes.map(({ id }) => id)).toEqual(['gateway', 'notifier']);
    expect(without.leftOut).toEqual([
      'http-worker is left out: HTTP_TOOLS_FILE is not set',
      'appointments-worker is left out: APPOINTMENTS_WORKER_REPLICAS is 0',
      'follow-up-worker is left out: FOLLOW_UP_WEBHOOK_URL is not set',
    ]);

    const asked = planProcesses(services, { HTTP_WORKER_REPLICAS: '1' });
    expect(asked.processes.map(({ id }) => id)).toContain('http-worker');
    expect(asked.leftOut).toEqual(['follow-up-worker is left out: FOLLOW_UP_WEBHOOK_URL is not set']);

    const byFile = planProcesses(services, { FOLLOW_UP_WEBHOOK_URL_FILE: '/run/secrets/url' });
    expect(byFile.processes.map(({ id }) => id)).toContain('follow-up-worker');
  });

  it('leaves the choice of a port 0 to the system, for every replica', () => {
    const { processes, ports } = planProcesses(services, { GATEWAY_PORT: '0', GATEWAY_REPLICAS: '2' });

    expect(processes.slice(0, 2).map(({ env }) => env['GATEWAY_PORT'])).toEqual(['0', '0']);
    expect(ports.some(({ variable }) => variable === 'GATEWAY_PORT')).toBe(false);
  });

  it('reports all faults together, without the values', () => {
    const plan = (): unknown =>
      planProcesses(services, { GATEWAY_PORT: 'http', NOTIFIER_REPLICAS: '-1', NOTIFIER_MANAGEMENT_PORT: '9111' });

    expect(plan).toThrow(/GATEWAY_PORT must be a whole number from 0 to 65535/);
    expect(plan).toThrow(/NOTIFIER_REPLICAS must be a whole number from 0 to 50/);
    expect(plan).toThrow(
      /Port 9111 is meant for both notifier \(NOTIFIER_MANAGEMENT_PORT\) and appointments-worker \(APPOINTMENTS_WORKER_MANAGEMENT_PORT\)/,
    );
  });

  it('refuses replicas whose ports lie beyond the last one', () => {
    expect(() => planProcesses(services, { NOTIFIER_MANAGEMENT_PORT: '65500', NOTIFIER_REPLICAS: '2' })).toThrow(
      /NOTIFIER_MANAGEMENT_PORT: port 65600 of notifier-2 is above 65535/,
    );
  });
});

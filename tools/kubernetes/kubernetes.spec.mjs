import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../setup/paths.mjs';
import { problemsOf } from './checks.mjs';
import { kustomized, manifests, objectsIn, services } from './manifests.mjs';

/** @typedef {import('./manifests.mjs').Manifest} Manifest */

const files = manifests();
const all = [...files.values()].flat();
const known = services();
const SECRETS = 'secrets.example.yaml';

/** @param {string} kind @param {string} name @param {readonly Manifest[]} among @returns {any} */
function find(kind, name, among) {
  const found = among.find((one) => one.kind === kind && one.metadata?.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return found;
}

/** The same objects with something broken. @param {(copy: any[]) => void} change */
function broken(change) {
  const copy = structuredClone(all);
  change(copy);
  return problemsOf(copy, known);
}

/** @param {any[]} copy @param {string} name */
const container = (copy, name) => find('Deployment', name, copy).spec.template.spec.containers[0];
/** @param {any[]} copy @param {string} name */
const pod = (copy, name) => find('Deployment', name, copy).spec.template.spec;

describe('deploy/kubernetes', () => {
  it('has something to check', () => {
    expect([...known.keys()]).toEqual(expect.arrayContaining(['gateway', 'notifier', 'http-worker']));
    expect(known.get('gateway')?.variables).toContain('NATS_URL');
    expect(known.get('gateway')?.secrets).toContain('VAPI_WEBHOOK_SECRET');
    expect(known.get('gateway')?.variables).toContain('GATEWAY_MANAGEMENT_PORT');
    expect(all.length).toBeGreaterThan(20);
  });

  it('is as the services, their configuration and docker-compose.yml say, and whole in itself', () => {
    expect(problemsOf(all, known)).toEqual([]);
  });

  it('takes every file in, or says when it is to be taken in; the secrets are filled in by hand', () => {
    expect(kustomized().sort()).toEqual([...files.keys()].filter((file) => file !== SECRETS).sort());
    for (const { stringData } of files.get(SECRETS) ?? [])
      expect(new Set(Object.values(stringData))).toEqual(new Set(['change-me']));
  });

  it('gives every variable of the common ConfigMap to somebody who knows it', () => {
    const variables = Object.keys(find('ConfigMap', 'interject', all).data);
    const knowing = new Set([...known.values()].flatMap((service) => [...service.variables]));
    expect(variables.filter((name) => !knowing.has(name))).toEqual([]);
  });

  it('says as many copies of streams as there are servers, and their addresses', () => {
    const { replicas, serviceName } = find('StatefulSet', 'nats', all).spec;
    const configuration = find('ConfigMap', 'nats', all).data['nats.conf'];
    expect(find('ConfigMap', 'interject', all).data['NATS_REPLICAS']).toBe(String(replicas));
    expect(
      [...configuration.matchAll(/nats:\/\/(nats-\d)\.([\w-]+):6222/g)].map(([, pod, service]) => [pod, service]),
    ).toEqual(Array.from({ length: replicas }, (_, i) => [`nats-${String(i)}`, serviceName]));
  });

  it('has a configuration that nats-server takes, with the users of deploy/nats', () => {
    const directory = mkdtempSync(join(tmpdir(), 'interject-kubernetes-'));
    try {
      const [{ volumeMounts, env }] = find('StatefulSet', 'nats', all).spec.template.spec.containers;
      const pathOf = (/** @type {string} */ name) =>
        join(directory, volumeMounts.find((/** @type {any} */ one) => one.name === name).mountPath);
      for (const name of ['config', 'users']) mkdirSync(pathOf(name), { recursive: true });
      const file = join(pathOf('config'), 'nats.conf');
      writeFileSync(file, find('ConfigMap', 'nats', all).data['nats.conf']);
      copyFileSync(join(root, 'deploy/nats/users.conf'), join(pathOf('users'), 'users.conf'));
      const variables = env.map((/** @type {any} */ { name }) => [name, name === 'POD_NAME' ? 'nats-0' : 'a-password']);
      const options = {
        env: { PATH: process.env['PATH'], ...Object.fromEntries(variables) },
        encoding: /** @type {const} */ ('utf8'),
      };
      expect(() => execFileSync('nats-server', ['-t', '-c', file], { ...options, stdio: 'pipe' })).not.toThrow();
      expect(() =>
        execFileSync('nats-server', ['-t', '-c', file], { env: { PATH: process.env['PATH'] }, stdio: 'pipe' }),
      ).toThrow();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('is explained: README.md names every file, and every Secret stands in a command or a file', () => {
    const readme = readFileSync(join(root, 'deploy/kubernetes/README.md'), 'utf8');
    for (const file of files.keys()) expect(readme).toContain(file);
    expect(readme).toContain('deploy/nats/users.conf');
  });
});

describe('the check of deploy/kubernetes', () => {
  /** @type {[string, (copy: any[]) => void, string][]} */
  const faults = [
    [
      'a selector of other labels',
      (copy) => (find('Deployment', 'gateway', copy).spec.selector.matchLabels = { app: 'x' }),
      'its selector does not fit',
    ],
    [
      'a Service of nobody',
      (copy) => (find('Service', 'gateway', copy).spec.selector = { app: 'x' }),
      'selects no pod',
    ],
    [
      'a Service to a wrong port',
      (copy) => (find('Service', 'gateway', copy).spec.ports[0].targetPort = 'web'),
      'leads to a port web',
    ],
    [
      'a probe of a wrong port',
      (copy) => (container(copy, 'notifier').livenessProbe.httpGet.port = 'http'),
      'livenessProbe asks a port',
    ],
    [
      'a probe of a wrong path',
      (copy) => (container(copy, 'notifier').readinessProbe.httpGet.path = '/'),
      'readiness is asked at',
    ],
    ['no probe', (copy) => delete container(copy, 'notifier').startupProbe, 'has no startupProbe'],
    [
      'a management port of another',
      (copy) => (container(copy, 'notifier').ports[0].containerPort = 9100),
      'its management port is 9101',
    ],
    [
      'a misspelt variable',
      (copy) => (container(copy, 'gateway').env[3].name = 'GATEWAY_PROT'),
      'does not know GATEWAY_PROT',
    ],
    [
      'a variable of another service',
      (copy) => container(copy, 'notifier').env.push({ name: 'VAPI_WEBHOOK_AUTH', value: 'none' }),
      'does not know VAPI_WEBHOOK_AUTH',
    ],
    [
      'a secret as a variable',
      (copy) => container(copy, 'gateway').env.push({ name: 'INTERJECT_API_KEY', value: 'x' }),
      'hand it over as a file',
    ],
    [
      'a secret that is not there',
      (copy) => delete find('Secret', 'interject-gateway', copy).stringData['callback-secret'],
      'CALLBACK_SECRET_FILE: nothing is mounted',
    ],
    [
      'a password that is not there',
      (copy) => delete find('Secret', 'interject-worker', copy).stringData['nats-password'],
      'no such key in a Secret',
    ],
    [
      'an image of another name',
      (copy) => (container(copy, 'gateway').image = 'gateway:0.1.0'),
      'its image is not that of',
    ],
    [
      'an image of no version',
      (copy) => (container(copy, 'gateway').image = 'interject/gateway'),
      'has an image of no version',
    ],
    [
      'no requests',
      (copy) => delete container(copy, 'gateway').resources.requests,
      'has no requests of CPU and memory',
    ],
    [
      'a limit below the request',
      (copy) => (container(copy, 'gateway').resources.limits.memory = '64Mi'),
      'requests more memory than',
    ],
    ['root', (copy) => delete pod(copy, 'gateway').securityContext.runAsNonRoot, 'may run as root'],
    [
      'a capability',
      (copy) => (container(copy, 'gateway').securityContext.capabilities.add = ['NET_ADMIN']),
      'has capabilities',
    ],
    [
      'a file system to write to',
      (copy) => (container(copy, 'gateway').securityContext.readOnlyRootFilesystem = false),
      'may write to',
    ],
    [
      'a short goodbye',
      (copy) => (pod(copy, 'notifier').terminationGracePeriodSeconds = 5),
      'is killed before it has drained',
    ],
    ['variables of Services', (copy) => delete pod(copy, 'gateway').enableServiceLinks, 'enableServiceLinks'],
    [
      'another user of NATS',
      (copy) => (container(copy, 'gateway').env[0].value = 'notifier'),
      'logs in to NATS as somebody else',
    ],
    [
      'a volume that is not there',
      (copy) => (container(copy, 'gateway').volumeMounts[0].name = 'keys'),
      'mounts a volume keys',
    ],
    [
      'an old API',
      (copy) => (find('PodDisruptionBudget', 'gateway', copy).apiVersion = 'policy/v1beta1'),
      'is not that of its kind',
    ],
    [
      'a budget of nobody',
      (copy) => (find('PodDisruptionBudget', 'gateway', copy).spec.selector.matchLabels = { app: 'x' }),
      'is not of one workload',
    ],
    ['a quarrel over replicas', (copy) => (find('Deployment', 'gateway', copy).spec.replicas = 3), 'quarrels with'],
    ['a single notifier', (copy) => (find('Deployment', 'notifier', copy).spec.replicas = 1), 'has one replica'],
    [
      'a policy of a wrong port',
      (copy) => (find('NetworkPolicy', 'gateway', copy).spec.ingress[0].ports[0].port = 'web'),
      'opens a port web',
    ],
    ['the same object twice', (copy) => copy.push(copy[0]), 'is there twice'],
    ['another namespace', (copy) => delete find('Service', 'nats', copy).metadata.namespace, 'is not in interject'],
    [
      'a service without a Deployment',
      (copy) => (find('Deployment', 'notifier', copy).metadata.name = 'speaker'),
      'notifier has no Deployment',
    ],
  ];

  it.each(faults)('sees %s', (_title, change, text) => {
    expect(broken(change).join('\n')).toContain(text);
  });

  it('sees what is no YAML', () => {
    expect(() => objectsIn('a: [1')).toThrow();
    expect(() => objectsIn('a: 1\na: 2')).toThrow();
  });
});

/** @typedef {import('./manifests.mjs').Manifest} Manifest */
/** @typedef {import('./manifests.mjs').Service} Service */

/** Kinds that are used, with the version of their API. */
const KINDS = new Map([
  ['Namespace', 'v1'],
  ['ConfigMap', 'v1'],
  ['Secret', 'v1'],
  ['Service', 'v1'],
  ['Deployment', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['PodDisruptionBudget', 'policy/v1'],
  ['HorizontalPodAutoscaler', 'autoscaling/v2'],
  ['NetworkPolicy', 'networking.k8s.io/v1'],
]);
const NAMESPACE = 'interject';
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** What a service takes to stop: libs/runtime, SHUTDOWN_LIMIT_MS. */
const SHUTDOWN_LIMIT_S = 9.5;
const SECRETS = '/run/secrets/interject/';
/** Made by a command of README.md from a file that must not be written twice. */
const MADE_FROM_FILES = new Set(['nats-users']);
/** Variables of nats-server's own configuration. */
const OF_NATS = /^(POD_NAME|NATS_[A-Z_]+_PASSWORD)$/;

/**
 * Everything that is wrong with the objects, in words; nothing when all is well.
 *
 * @param {readonly Manifest[]} all
 * @param {ReadonlyMap<string, Service>} services
 * @returns {string[]}
 */
export function problemsOf(all, services) {
  const workloads = all.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  return [
    ...all.flatMap(formProblems),
    ...duplicates(all),
    ...workloads.flatMap((one) =>
      workloadProblems(one, all).map((/** @type {string} */ problem) => `${titleOf(one)}: ${problem}`),
    ),
    ...workloads.flatMap((one) =>
      serviceProblems(one, services).map((/** @type {string} */ problem) => `${titleOf(one)}: ${problem}`),
    ),
    ...all.flatMap((one) =>
      referenceProblems(one, workloads).map((/** @type {string} */ problem) => `${titleOf(one)}: ${problem}`),
    ),
    ...[...services.keys()].filter((name) => !named(workloads, name)).map((name) => `${name} has no Deployment`),
  ];
}

/** @param {Manifest} one */
const titleOf = ({ kind, metadata }) => `${kind} ${metadata?.name}`;
/** @param {readonly Manifest[]} all @param {string} name */
const named = (all, name) => all.find(({ metadata }) => metadata?.name === name);

/** @param {Manifest} one */
function formProblems(one) {
  const { apiVersion, kind = '', metadata } = one;
  return [
    ...(KINDS.get(kind) === apiVersion ? [] : [`${titleOf(one)}: apiVersion ${apiVersion} is not that of its kind`]),
    ...(NAME.test(metadata?.name ?? '') ? [] : [`${titleOf(one)}: its name cannot be one`]),
    ...(kind === 'Namespace' || metadata?.namespace === NAMESPACE ? [] : [`${titleOf(one)}: is not in ${NAMESPACE}`]),
  ];
}

/** @param {readonly Manifest[]} all */
function duplicates(all) {
  const titles = all.map(titleOf);
  return [...new Set(titles.filter((title, i) => titles.indexOf(title) !== i))].map(
    (title) => `${title} is there twice`,
  );
}

/** @param {Manifest} workload @param {readonly Manifest[]} all */
function workloadProblems({ kind, metadata, spec }, all) {
  const pod = spec.template.spec;
  const labels = spec.template.metadata.labels;
  return [
    ...(fits(spec.selector.matchLabels, labels) ? [] : ['its selector does not fit the labels of its pods']),
    ...(kind === 'StatefulSet' && named(all, spec.serviceName)?.spec.clusterIP !== 'None'
      ? ['its serviceName is no headless Service']
      : []),
    ...(pod.automountServiceAccountToken === false ? [] : ['has a token for the API of the cluster']),
    ...(pod.enableServiceLinks === false ? [] : ['gets variables of Services (enableServiceLinks)']),
    ...(pod.terminationGracePeriodSeconds > SHUTDOWN_LIMIT_S ? [] : ['is killed before it has drained']),
    ...podSecurityProblems(pod.securityContext ?? {}),
    ...(named(
      all.filter((one) => one.kind === 'PodDisruptionBudget'),
      metadata?.name ?? '',
    )
      ? []
      : ['has no PodDisruptionBudget']),
    ...pod.containers.flatMap((/** @type {any} */ container) => containerProblems(container, pod, spec, all)),
  ];
}

/** @param {Record<string, any>} context */
function podSecurityProblems(context) {
  return [
    ...(context.runAsNonRoot === true && context.runAsUser > 0 ? [] : ['may run as root']),
    ...(context.seccompProfile?.type === 'RuntimeDefault' ? [] : ['has no seccomp profile']),
  ];
}

/** @param {any} container @param {any} pod @param {any} spec @param {readonly Manifest[]} all */
function containerProblems(container, pod, spec, all) {
  const { securityContext: context = {}, resources = {}, volumeMounts = [], env = [], envFrom = [] } = container;
  const volumes = [
    ...(pod.volumes ?? []),
    ...(spec.volumeClaimTemplates ?? []).map((/** @type {any} */ one) => one.metadata),
  ];
  return [
    ...(context.readOnlyRootFilesystem === true ? [] : ['may write to its file system']),
    ...(context.allowPrivilegeEscalation === false ? [] : ['may get more rights']),
    ...(context.capabilities?.drop?.includes('ALL') && !context.capabilities.add ? [] : ['has capabilities']),
    ...(resources.requests?.cpu && resources.requests.memory ? [] : ['has no requests of CPU and memory']),
    ...(resources.limits?.memory ? [] : ['has no limit of memory']),
    ...(mebibytes(resources.requests?.memory) <= mebibytes(resources.limits?.memory)
      ? []
      : ['requests more memory than it may have']),
    ...(/:[\w.-]+$/.test(container.image) && !container.image.endsWith(':latest')
      ? []
      : ['has an image of no version']),
    ...['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((probe) => probeProblems(probe, container)),
    ...volumeMounts
      .filter((/** @type {any} */ { name }) => !volumes.some((volume) => volume.name === name))
      .map((/** @type {any} */ { name }) => `mounts a volume ${name} that it does not have`),
    ...volumes.flatMap((volume) => sourceProblems(volume, all)),
    ...env.flatMap((/** @type {any} */ one) => secretKeyProblems(one, all)),
    ...envFrom
      .filter((/** @type {any} */ one) => !ofKind(all, 'ConfigMap', one.configMapRef?.name))
      .map(() => 'takes variables from a ConfigMap that is not there'),
    ...fileProblems(env, volumeMounts, volumes, all),
  ];
}

/** @param {string} probe @param {any} container */
function probeProblems(probe, { [probe]: found, ports = [] }) {
  if (found?.httpGet === undefined) return [`has no ${probe}`];
  return ports.some((/** @type {any} */ { name }) => name === found.httpGet.port)
    ? []
    : [`${probe} asks a port that it does not have`];
}

/** @param {any} volume @param {readonly Manifest[]} all */
function sourceProblems({ name, secret, configMap }, all) {
  if (secret !== undefined && !ofKind(all, 'Secret', secret.secretName))
    return [`volume ${name}: there is no Secret ${secret.secretName}`];
  if (configMap === undefined || MADE_FROM_FILES.has(configMap.name)) return [];
  return ofKind(all, 'ConfigMap', configMap.name) ? [] : [`volume ${name}: there is no ConfigMap ${configMap.name}`];
}

/** @param {any} variable @param {readonly Manifest[]} all */
function secretKeyProblems({ name, valueFrom }, all) {
  const reference = valueFrom?.secretKeyRef;
  if (reference === undefined) return [];
  return reference.key in (ofKind(all, 'Secret', reference.name)?.stringData ?? {})
    ? []
    : [`${name}: there is no such key in a Secret`];
}

/**
 * Variables that name files: each is a key of the Secret, or of the ConfigMap, that is mounted there.
 *
 * @param {any[]} env @param {any[]} mounts @param {any[]} volumes @param {readonly Manifest[]} all
 */
function fileProblems(env, mounts, volumes, all) {
  return env
    .filter(({ name, value }) => name.endsWith('_FILE') && value !== undefined)
    .flatMap(({ name, value }) => {
      const mount = mounts.find(({ mountPath }) => value.startsWith(`${mountPath}/`));
      const volume = volumes.find((one) => one.name === mount?.name);
      const keys = {
        ...ofKind(all, 'Secret', volume?.secret?.secretName)?.stringData,
        ...ofKind(all, 'ConfigMap', volume?.configMap?.name)?.data,
      };
      return value.slice((mount?.mountPath.length ?? 0) + 1) in keys ? [] : [`${name}: nothing is mounted at ${value}`];
    });
}

/**
 * Whether a workload is what the code says of its service.
 *
 * @param {Manifest} workload @param {ReadonlyMap<string, Service>} services
 */
function serviceProblems({ metadata, spec }, services) {
  const name = metadata?.name ?? '';
  const [container] = spec.template.spec.containers;
  const variables = (container.env ?? []).map((/** @type {any} */ one) => one.name);
  const service = services.get(name);
  if (service === undefined)
    return variables
      .filter((/** @type {string} */ one) => !OF_NATS.test(one))
      .map((/** @type {string} */ one) => `does not know ${one}`);
  const valueOf = (/** @type {string} */ variable) =>
    container.env.find((/** @type {any} */ one) => one.name === variable)?.value;
  const portOf = (/** @type {string} */ port) =>
    container.ports.find((/** @type {any} */ one) => one.name === port)?.containerPort;
  const annotations = spec.template.metadata.annotations ?? {};
  const prefix = name.toUpperCase().replaceAll('-', '_');
  return [
    ...(container.image.startsWith(`${service.image}:`)
      ? []
      : [`its image is not that of docker-compose.yml (${service.image})`]),
    ...(portOf('management') === service.managementPort &&
    valueOf(`${prefix}_MANAGEMENT_PORT`) === String(service.managementPort)
      ? []
      : [`its management port is ${service.managementPort}`]),
    ...(portOf('http') === service.httpPort ? [] : ['its http port is another']),
    ...(container.readinessProbe?.httpGet.path === '/health/ready' ? [] : ['readiness is asked at /health/ready']),
    ...(container.livenessProbe?.httpGet.path === '/health/live' ? [] : ['life is asked at /health/live']),
    ...(annotations['prometheus.io/port'] === String(service.managementPort) &&
    annotations['prometheus.io/path'] === '/metrics'
      ? []
      : ['its metrics are not found']),
    ...(valueOf('NATS_USER') === name ? [] : ['logs in to NATS as somebody else']),
    ...variables.flatMap((/** @type {string} */ variable) => variableProblems(variable, valueOf(variable), service)),
  ];
}

/** @param {string} variable @param {string | undefined} value @param {Service} service */
function variableProblems(variable, value, { variables, secrets }) {
  if (secrets.has(variable)) return [`${variable} is a secret: hand it over as a file`];
  if (variables.has(variable)) return [];
  // A secret, or one that a tools file names.
  const base = variable.replace(/_FILE$/, '');
  const isSecretFile = base !== variable && value?.startsWith(SECRETS) === true;
  return isSecretFile && (secrets.has(base) || base.endsWith('_TOKEN')) ? [] : [`does not know ${variable}`];
}

/** Whether what an object points to is there. @param {Manifest} one @param {readonly Manifest[]} workloads */
function referenceProblems({ kind, metadata, spec }, workloads) {
  const pods = workloads.map(({ spec: of }) => of.template);
  const selects = (/** @type {any} */ wanted) => pods.filter(({ metadata: { labels } }) => fits(wanted ?? {}, labels));
  const ports = (/** @type {any[]} */ chosen) =>
    new Set(
      chosen.flatMap((pod) =>
        pod.spec.containers.flatMap((/** @type {any} */ { ports: of = [] }) =>
          of.map((/** @type {any} */ { name }) => name),
        ),
      ),
    );
  switch (kind) {
    case 'Service': {
      const chosen = selects(spec.selector);
      return [
        ...(chosen.length > 0 ? [] : ['selects no pod']),
        ...spec.ports
          .filter((/** @type {any} */ { targetPort }) => !ports(chosen).has(targetPort))
          .map((/** @type {any} */ { targetPort }) => `leads to a port ${targetPort} that is not there`),
      ];
    }
    case 'PodDisruptionBudget':
      return selects(spec.selector.matchLabels).length === 1 ? [] : ['is not of one workload'];
    case 'HorizontalPodAutoscaler': {
      const target = named(workloads, spec.scaleTargetRef.name);
      return [
        ...(target?.kind === spec.scaleTargetRef.kind ? [] : ['scales nothing']),
        ...(target?.spec.replicas === undefined ? [] : ['quarrels with `replicas` of what it scales']),
        ...(spec.minReplicas >= 2 ? [] : ['lets one replica stand alone']),
      ];
    }
    case 'NetworkPolicy': {
      const chosen = selects(spec.podSelector.matchLabels);
      const opened = (spec.ingress ?? []).flatMap((/** @type {any} */ rule) => rule.ports ?? []);
      return [
        ...(chosen.length > 0 ? [] : ['is of no pod']),
        ...opened
          .filter((/** @type {any} */ { port }) => !ports(chosen).has(port))
          .map((/** @type {any} */ { port }) => `opens a port ${port} that is not there`),
      ];
    }
    case 'Deployment':
      return spec.replicas === undefined || spec.replicas >= 2 || metadata?.name === undefined
        ? []
        : ['has one replica: it cannot be replaced without a gap'];
    default:
      return [];
  }
}

/** @param {readonly Manifest[]} all @param {string} kind @param {string | undefined} name */
function ofKind(all, kind, name) {
  return all.find((one) => one.kind === kind && one.metadata?.name === name);
}

/** @param {Record<string, string>} wanted @param {Record<string, string>} labels */
function fits(wanted, labels) {
  return Object.entries(wanted).every(([label, value]) => labels[label] === value);
}

/** @param {string | undefined} text */
function mebibytes(text = '') {
  const [, number = '', unit = ''] = /^(\d+)(Mi|Gi)$/.exec(text) ?? [];
  return Number(number || NaN) * (unit === 'Gi' ? 1024 : 1);
}

/**
 * Adds a service to docker-compose.yml, after the last one.
 * @param {string} text
 * @param {string} service YAML lines, indented as they stand there
 * @throws {Error} if there are no services
 */
export function addComposeService(text, service) {
  const lines = text.split('\n');
  const services = lines.findIndex((line) => /^services:\s*$/.test(line));
  if (services === -1) throw new Error('docker-compose.yml has no services: the generator cannot add one.');
  const after = lines.findIndex((line, at) => at > services && /^[^\s#]/.test(line));
  const end = after === -1 ? lines.length : after;
  const body = lines.slice(0, end).join('\n').trimEnd();
  const rest = after === -1 ? '' : `\n${lines.slice(end).join('\n')}`;
  return `${body}\n\n${service.trimEnd()}\n${rest}`;
}

/**
 * Adds the variables of a worker to .env.example: the port and the replicas behind those of the other services, the rest
 * at the end of the workers' section.
 * @param {string} text
 * @param {{ port: string, replicas: string, settings: string }} lines
 * @throws {Error} if the file has no such place
 */
export function addEnvironmentLines(text, { port, replicas, settings }) {
  const withPort = insertAfterLast(text, /^# ?[A-Z0-9_]+_MANAGEMENT_PORT=/, port);
  const withReplicas = insertAfterLast(withPort, /^# ?[A-Z0-9_]+_REPLICAS=/, replicas);
  const lines = withReplicas.split('\n');
  const workers = lines.findIndex((line) => /^# --- Workers /.test(line));
  if (workers === -1) throw new Error('.env.example has no section "# --- Workers": the generator writes there.');
  const next = lines.findIndex((line, at) => at > workers && /^# --- /.test(line));
  const end = next === -1 ? lines.length : next;
  const body = lines.slice(0, end).join('\n').trimEnd();
  return `${body}\n\n${settings.trimEnd()}\n${next === -1 ? '' : `\n${lines.slice(end).join('\n')}`}`;
}

/**
 * @param {string} text
 * @param {RegExp} pattern of a line
 * @param {string} line
 */
function insertAfterLast(text, pattern, line) {
  const lines = text.split('\n');
  const last = lines.findLastIndex((one) => pattern.test(one));
  if (last === -1) throw new Error(`.env.example has no line like ${pattern.source}: the generator writes behind it.`);
  lines.splice(last + 1, 0, line);
  return lines.join('\n');
}

/**
 * Adds a service to the scrapes of deploy/prometheus/prometheus.yml, which stand last in it.
 * @param {string} text
 * @param {string} service
 * @param {number} port where it shows its metrics
 */
export function addScrapeJob(text, service, port) {
  const target = `{ names: [${service}], type: A, port: ${port}, refresh_interval: 15s }`;
  return `${text.trimEnd()}\n  - job_name: ${service}\n    dns_sd_configs: [${target}]\n`;
}

/**
 * Adds a project to the references of the root's tsconfig.json, behind the other apps.
 * @param {{ references?: { path: string }[] }} tsconfig is changed
 * @param {string} folder `apps/weather-worker`
 */
export function addReference(tsconfig, folder) {
  const references = (tsconfig.references ??= []);
  const path = `./${folder}`;
  if (references.some((reference) => reference.path === path)) return;
  const lastApp = references.findLastIndex((reference) => reference.path.startsWith('./apps/'));
  references.splice(lastApp === -1 ? references.length : lastApp + 1, 0, { path });
}

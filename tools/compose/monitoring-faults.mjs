/**
 * What Prometheus' API tells, as far as it matters here.
 * @typedef {{ labels: Record<string, string>, health: string, lastError: string }} Target
 * @typedef {{ name: string, type: string, health: string, lastError?: string, state?: string }} Rule
 */

/**
 * One line for each target that is not up, and for each wanted job that has none.
 * @param {readonly Target[]} targets
 * @param {readonly string[]} wantedJobs
 */
export function targetFaults(targets, wantedJobs) {
  const missing = wantedJobs
    .filter((job) => !targets.some(({ labels }) => labels['job'] === job))
    .map((job) => `${job}: no target`);
  const down = targets
    .filter(({ health }) => health !== 'up')
    .map(({ labels, health, lastError }) => `${labels['job']} ${labels['instance']}: ${lastError || health}`);
  return [...missing, ...down];
}

/**
 * One line for each rule that is not loaded, or cannot be evaluated.
 * @param {readonly Rule[]} rules
 * @param {readonly string[]} wantedAlerts
 */
export function ruleFaults(rules, wantedAlerts) {
  const alerts = rules.filter(({ type }) => type === 'alerting').map(({ name }) => name);
  const missing = wantedAlerts.filter((name) => !alerts.includes(name)).map((name) => `${name}: not loaded`);
  const broken = rules
    .filter(({ health }) => health !== 'ok')
    .map(({ name, health, lastError }) => `${name}: ${lastError || `not evaluated yet (${health})`}`);
  return [...missing, ...broken];
}

/**
 * Names of the alerts in a file of rules. By lines: this also runs where no packages are.
 * @param {string} text
 */
export function alertsIn(text) {
  return [...text.matchAll(/^\s*- alert: *(\w+) *$/gm)].map(([, name = '']) => name);
}

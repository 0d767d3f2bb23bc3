/**
 * The part of package-lock.json (version 3) that workspaces touch.
 * @typedef {{ version?: string, resolved?: string, link?: boolean } & Record<string, unknown>} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> } & Record<string, unknown>} Lockfile
 * @typedef {{ name: string, version: string, dependencies?: Record<string, string>, devDependencies?: Record<string, string> }} Manifest
 */

/**
 * Adds a project of the workspace as `npm install` would, so that `npm ci` takes the file as it is. What the project
 * depends on has to be in there already.
 * @param {Lockfile} lock is changed
 * @param {string} folder `apps/weather-worker`
 * @param {Manifest} manifest
 * @returns {string[]} dependencies that the lockfile lacks in that version: those need a real `npm install`
 */
export function addToLockfile(lock, folder, { name, version, dependencies = {}, devDependencies = {} }) {
  lock.packages[folder] = {
    name,
    version,
    ...(Object.keys(dependencies).length > 0 && { dependencies: byName(dependencies) }),
    ...(Object.keys(devDependencies).length > 0 && { devDependencies: byName(devDependencies) }),
  };
  lock.packages[`node_modules/${name}`] = { resolved: folder, link: true };
  lock.packages = byName(lock.packages);
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([dependency, wanted]) => versionIn(lock, dependency) !== wanted)
    .map(([dependency, wanted]) => `${dependency}@${wanted}`);
}

/**
 * @param {Lockfile} lock
 * @param {string} dependency
 */
function versionIn({ packages }, dependency) {
  const found = packages[`node_modules/${dependency}`];
  return found?.link === true ? packages[String(found.resolved)]?.version : found?.version;
}

/**
 * In npm's order.
 * @template T
 * @param {Record<string, T>} entries
 * @returns {Record<string, T>}
 */
function byName(entries) {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => a.localeCompare(b, 'en')));
}

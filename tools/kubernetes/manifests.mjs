import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { configVariables } from '../setup/config-variables.mjs';
import { root } from '../setup/paths.mjs';

/**
 * A Kubernetes object, as read.
 * @typedef {{ apiVersion?: string, kind?: string, metadata?: { name?: string, namespace?: string }, [field: string]: any }} Manifest
 */

/**
 * What a service is, as its manifest, its configuration and docker-compose.yml say.
 * @typedef {{ image: string, managementPort: number, httpPort?: number, variables: ReadonlySet<string>, secrets: ReadonlySet<string> }} Service
 */

const folder = join(root, 'deploy/kubernetes');
const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');
/** No object of a cluster. */
const KUSTOMIZATION = 'kustomization.yaml';

/**
 * Every object of deploy/kubernetes, by file. A fault of YAML is thrown.
 * @returns {Map<string, Manifest[]>}
 */
export function manifests() {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && file !== KUSTOMIZATION);
  return new Map(files.map((file) => [file, objectsIn(readFileSync(join(folder, file), 'utf8'))]));
}

/** @returns {string[]} the files that kustomization.yaml takes in, and those that it names in comments */
export function kustomized() {
  return [...read(join('deploy/kubernetes', KUSTOMIZATION)).matchAll(/^ {2}(?:# )?- (\S+\.yaml)$/gm)].map(
    ([, file = '']) => file,
  );
}

/**
 * @param {string} text
 * @returns {Manifest[]}
 */
export function objectsIn(text) {
  return parseAllDocuments(text).map((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw fault;
    return document.toJSON();
  });
}

/**
 * The services, by name.
 * @returns {Map<string, Service>}
 */
export function services() {
  const compose = parse(read('docker-compose.yml'), { merge: true });
  const shared = configVariables('libs');
  const found = readdirSync(join(root, 'apps')).flatMap((app) => {
    const manifest = join('apps', app, 'package.json');
    const { interject } = existsSync(join(root, manifest)) ? JSON.parse(read(manifest)) : {};
    if (interject === undefined) return [];
    const own = configVariables(join('apps', app));
    const all = [...shared, ...own].map(([name, isSecret]) => {
      return /** @type {const} */ ([name.replace('<SERVICE>', app.toUpperCase().replaceAll('-', '_')), isSecret]);
    });
    const secrets = all.filter(([, isSecret]) => isSecret).map(([name]) => name);
    const service = {
      image: compose.services[app].image,
      managementPort: interject.managementPort,
      httpPort: interject.http?.port,
      variables: new Set(all.map(([name]) => name)),
      secrets: new Set(secrets),
    };
    return [/** @type {const} */ ([app, service])];
  });
  return new Map(found);
}

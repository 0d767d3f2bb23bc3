/** A name that cannot be taken; the text says why and what to do. */
export class NameError extends Error {
  /** @override */
  name = 'NameError';
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_WORKER_LENGTH = 40;
/** As the registry of tools has it (TOOL_NAME of libs/contracts), but with a letter first: a class is named after it. */
const TOOL = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const MAX_DESCRIPTION = 1000;

/** The variables of a worker begin with its name, and these beginnings belong to something else. */
const RESERVED_WORKERS = new Set([
  ...['gateway', 'notifier', 'http', 'follow-up', 'simulator', 'vapi-simulator', 'vapi', 'nats', 'interject'],
  ...['speech', 'management', 'callback', 'compose', 'database', 'demo', 'e2e', 'log', 'node', 'npm', 'nx', 'worker'],
]);
/** Answered by the gateway itself (CallerTools of libs/contracts). */
const RESERVED_TOOLS = new Set(['list_running_tasks', 'cancel_task']);
/** What a generated file imports: a class of that name would hide it. */
const IMPORTED = new Set([
  'Clock',
  'Describe',
  'IsString',
  'Length',
  'Module',
  'Tool',
  'ToolHandler',
  'ToolCallContext',
]);

/**
 * @typedef {object} WorkerNames
 * @property {string} base `order-status`
 * @property {string} project `order-status-worker`, the folder below apps/
 * @property {string} className `OrderStatus`
 * @property {string} constant `ORDER_STATUS`, the beginning of its variables
 * @property {string} service `ORDER_STATUS_WORKER`, the beginning of the variables that every service has
 * @property {string} words `order status`
 */

/**
 * @param {string} name `order-status` or `order-status-worker`
 * @returns {WorkerNames}
 * @throws {NameError}
 */
export function workerNames(name) {
  const base = name.trim().replace(/-worker$/, '');
  if (!KEBAB.test(base)) {
    const suggestion = kebabOf(name).replace(/-worker$/, '');
    const hint = KEBAB.test(suggestion) ? ` Try ${suggestion}.` : '';
    throw new NameError(
      `"${name}" cannot be the name of a worker: take lower-case letters, digits and single hyphens, a letter first.${hint}`,
    );
  }
  if (base.length > MAX_WORKER_LENGTH) {
    throw new NameError(`"${base}" is too long for a worker: ${MAX_WORKER_LENGTH} characters at most.`);
  }
  if (RESERVED_WORKERS.has(base)) {
    throw new NameError(`"${base}" is reserved: something else of Interject is called so. Choose another name.`);
  }
  const constant = base.toUpperCase().replaceAll('-', '_');
  return {
    base,
    project: `${base}-worker`,
    className: pascalOf(base),
    constant,
    service: `${constant}_WORKER`,
    words: base.replaceAll('-', ' '),
  };
}

/**
 * @typedef {object} ToolNames
 * @property {string} tool `request_weather`, as the assistant calls it
 * @property {string} file `request-weather`
 * @property {string} className `RequestWeather`
 * @property {string} words `request weather`
 */

/**
 * @param {string} name
 * @returns {ToolNames}
 * @throws {NameError}
 */
export function toolNames(name) {
  const tool = name.trim();
  if (!TOOL.test(tool)) {
    throw new NameError(
      `"${name}" cannot be the name of a tool: take letters, digits, _ and -, a letter first, at most 64 characters.`,
    );
  }
  if (RESERVED_TOOLS.has(tool)) {
    throw new NameError(`"${tool}" is reserved: the gateway answers that tool itself. Choose another name.`);
  }
  const file = kebabOf(tool);
  const className = pascalOf(file);
  const isHidden = className in globalThis || IMPORTED.has(className);
  return { tool, file, className: isHidden ? `${className}Tool` : className, words: file.replaceAll('-', ' ') };
}

/**
 * @param {string | undefined} given
 * @param {string} fallback
 * @throws {NameError}
 */
export function descriptionOf(given, fallback) {
  const text = given?.trim() ?? '';
  if (text === '') return fallback;
  if (text.length > MAX_DESCRIPTION || /[\n\r]/.test(text)) {
    throw new NameError(`The description has to be one line of at most ${MAX_DESCRIPTION} characters.`);
  }
  return text;
}

/**
 * `Order Status`, `orderStatus`, `order_status` -> `order-status`
 * @param {string} name
 */
function kebabOf(name) {
  return name
    .trim()
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** @param {string} kebab */
function pascalOf(kebab) {
  return kebab
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

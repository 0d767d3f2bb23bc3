import { ContractError, UnknownVersionError } from './contract-errors.js';

/**
 * Member of an event's data that says which version it is. Version 1 has none. It equals the number at the end of the
 * event's CloudEvents type; it stands in the data, too, since KV entries have no type, and readers of streams read no headers.
 */
export const VERSION_FIELD = 'schemaVersion';

type Contract = new () => object;
type Plain = Readonly<Record<string, unknown>>;

/** Turns data of another version into data of the version that the class describes. */
export type VersionReader = (data: Plain) => Plain;

interface Versions {
  readonly own: number;
  readonly readers: ReadonlyMap<number, VersionReader>;
}

const declared = new WeakMap<object, Versions>();

/**
 * Marks a contract whose data is stored and read by services of several releases.
 *
 * @param own version that the class describes, and that is written
 * @param readers how data of other versions is read, older and newer ones: a release learns to read a version before
 *   any release writes it (docs/guides/upgrades.md)
 * @example `@Version(2, { 1: ({ text, ...rest }) => ({ ...rest, words: text }) })`
 */
export function Version(own: number, readers: Readonly<Record<number, VersionReader>> = {}): ClassDecorator {
  const others = Object.entries(readers).map(([version, reader]) => [Number(version), reader] as const);
  return (contract) => {
    declared.set(contract, { own, readers: new Map(others) });
  };
}

/** The version that a contract describes; undefined for one that has no versions: a form of a request, a tool's arguments. */
export function versionOf(contract: Contract): number | undefined {
  return declared.get(contract)?.own;
}

/**
 * Data in the version that the contract describes.
 *
 * @throws UnknownVersionError for one that this release does not read, ContractError for what is no version
 */
export function inOwnVersion(contract: Contract, data: object): object {
  const versions = declared.get(contract);
  if (versions === undefined) return data;
  const version = (data as Plain)[VERSION_FIELD] ?? 1;
  if (version === versions.own) return data;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new ContractError(contract.name, [{ field: VERSION_FIELD, problem: 'must be a whole number above 0' }]);
  }
  const reader = versions.readers.get(version);
  if (reader === undefined)
    throw new UnknownVersionError(contract.name, version, [versions.own, ...versions.readers.keys()]);
  try {
    return reader(data as Plain);
  } catch (cause) {
    // The text of what was thrown may quote the data.
    const problem = `cannot be read as version ${String(version)}`;
    throw new ContractError(contract.name, [{ field: '(root)', problem }], { cause: new Error((cause as Error).name) });
  }
}

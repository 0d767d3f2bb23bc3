import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { sureReader } from './compiled-contract.js';
import { ContractError } from './contract-errors.js';
import type { FieldProblem } from './contract-errors.js';
import { freeFormFields } from './free-form.decorator.js';
import { inOwnVersion } from './versions.js';

type Contract<T extends object> = new () => T;

function problemsOf(errors: readonly ValidationError[], path: string): FieldProblem[] {
  return errors.flatMap((error) => {
    const field = path === '' ? error.property : `${path}.${error.property}`;
    // class-validator's texts begin with the property's name; the path says it better.
    const own = Object.values(error.constraints ?? {}).map((text) => ({
      field,
      problem: text.startsWith(`${error.property} `) ? text.slice(error.property.length + 1) : text,
    }));
    return [...own, ...problemsOf(error.children ?? [], field)];
  });
}

/** @throws ContractError when the libraries cannot even walk through the data */
function instantiate<T extends object>(
  contract: Contract<T>,
  data: Readonly<Record<string, unknown>>,
): { instance: T; errors: ValidationError[] } {
  const freeForm = new Set(freeFormFields(contract.prototype as object));
  const entries = Object.entries(data).filter(([, value]) => value !== null);
  const structured = entries
    .filter(([field]) => !freeForm.has(field))
    .map(([field, value]) => [field, withoutNulls(value)]);
  try {
    const instance = plainToInstance(contract, Object.fromEntries(structured), { exposeUnsetFields: false });
    Object.assign(instance, Object.fromEntries(entries.filter(([field]) => freeForm.has(field))));
    return { instance, errors: validateSync(instance, { whitelist: true, forbidUnknownValues: true }) };
  } catch (cause) {
    throw new ContractError(contract.name, [{ field: '(root)', problem: 'cannot be read' }], {
      cause: new Error((cause as Error).name),
    });
  }
}

/** An explicit `null` means "not set": `IsOptional` would let it pass as a value that no type foresees. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value as readonly unknown[], withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([field, inner]) => [field, withoutNulls(inner)]),
  );
}

/**
 * Turns foreign data into an instance of `contract`. Unknown fields are dropped, so a newer sender may add some. Data of
 * another version is read if the contract says how (`@Version`).
 *
 * @throws ContractError naming every field that does not fit; UnknownVersionError
 */
export function parse<T extends object>(contract: Contract<T>, data: unknown): T {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new ContractError(contract.name, [{ field: '(root)', problem: 'must be an object' }]);
  }
  const own = inOwnVersion(contract, data);
  return readSurely(contract, own) ?? parseThoroughly(contract, own);
}

/** What fits is nearly all there is, and costs an eighth this way (docs/adr/0033). */
function readSurely<T extends object>(contract: Contract<T>, data: object): T | undefined {
  try {
    return sureReader(contract)?.(data as Readonly<Record<string, unknown>>) as T | undefined;
  } catch {
    // A getter or validator that throws: whatever follows from that is said by the thorough way.
    return undefined;
  }
}

/**
 * The thorough way, which alone decides what does not fit.
 *
 * @internal
 */
export function parseThoroughly<T extends object>(contract: Contract<T>, data: object): T {
  const { instance, errors } = instantiate(contract, data as Readonly<Record<string, unknown>>);
  if (errors.length > 0) {
    throw new ContractError(contract.name, problemsOf(errors, ''));
  }
  return instance;
}

/**
 * The same for the bytes of a message.
 *
 * @throws ContractError also when they are not JSON
 */
export function parseJson<T extends object>(contract: Contract<T>, bytes: Uint8Array | string): T {
  const text =
    typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    // The parser's own text quotes the input, which is private.
    throw new ContractError(contract.name, [{ field: '(root)', problem: 'must be JSON' }], {
      cause: new Error((cause as Error).name),
    });
  }
  return parse(contract, data);
}

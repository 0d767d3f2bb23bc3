import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { ContractError } from './contract-errors.js';
import type { FieldProblem } from './contract-errors.js';

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

/**
 * Turns foreign data into an instance of `contract`. Unknown fields are dropped, so a newer sender may add some.
 *
 * @throws ContractError naming every field that does not fit
 */
export function parse<T extends object>(contract: Contract<T>, data: unknown): T {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new ContractError(contract.name, [{ field: '(root)', problem: 'must be an object' }]);
  }
  const instance = plainToInstance(contract, data, { exposeUnsetFields: false });
  const errors = validateSync(instance, { whitelist: true, forbidUnknownValues: true });
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

import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

const MAX_PROBLEMS = 5;

/** Checks a tool call's arguments against the JSON Schema that the tool's worker registered. */
export class ArgumentValidator {
  private readonly validate: ValidateFunction;

  /** @throws Error when the schema itself is not valid */
  constructor(schema: Readonly<Record<string, unknown>>) {
    // A compiler of its own: schemas of different tools may carry the same $id.
    const ajv = new Ajv({ allErrors: true, strict: false, coerceTypes: false });
    formats.default(ajv);
    this.validate = ajv.compile(schema);
  }

  /** What does not fit, as phrases for the model that made the call; values are left out. Empty: all fits. */
  problems(args: Readonly<Record<string, unknown>>): string[] {
    if (this.validate(args)) return [];
    return (this.validate.errors ?? []).slice(0, MAX_PROBLEMS).map(phrase);
  }
}

function phrase(error: ErrorObject): string {
  const field = error.instancePath.slice(1).replaceAll('/', '.');
  return `${field === '' ? 'arguments' : field} ${error.message ?? 'does not fit'}`;
}

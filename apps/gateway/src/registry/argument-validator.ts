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

/** Longest name of a property or list of values that is quoted. */
const MAX_QUOTED = 200;

function phrase(error: ErrorObject): string {
  const field = error.instancePath.slice(1).replaceAll('/', '.');
  return `${field === '' ? 'arguments' : field} ${problem(error)}`;
}

/** Ajv's message, with what the model needs to mend it: names, and values that the schema gives. */
function problem({ keyword, params, message = 'does not fit' }: ErrorObject): string {
  switch (keyword) {
    case 'additionalProperties':
      return quoting('must not have the property', params['additionalProperty'], message);
    case 'unevaluatedProperties':
      return quoting('must not have the property', params['unevaluatedProperty'], message);
    case 'enum':
      return quoting('must be one of', params['allowedValues'], message);
    case 'const':
      return quoting('must be', params['allowedValue'], message);
    default:
      return message;
  }
}

function quoting(words: string, quoted: unknown, otherwise: string): string {
  const json = JSON.stringify(quoted) as string | undefined;
  return json === undefined || json.length > MAX_QUOTED ? otherwise : `${words} ${json}`;
}

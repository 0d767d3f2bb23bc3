import type { FieldProblem } from '@interject/contracts';
import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import formats from 'ajv-formats';
import type { FileProblem } from './file-problem.js';

/** What is wrong with arguments; none: they fit. */
export type ArgumentsValidator = (args: unknown) => readonly FieldProblem[];

const OPTIONS = { strict: false, allErrors: true, logger: false } as const;
/** Checks all schemas against their meta-schema, whose compilation costs more than that of most schemas. Keeps none. */
const checker = new Ajv(OPTIONS);
formats.default(checker);

export const NO_PARAMETERS = { type: 'object', properties: {} } as const;

/** `/items/0/name` reads as `items.0.name`. A value never gets into the text. */
function problemOf({ instancePath, message }: ErrorObject): FieldProblem {
  const field = instancePath.split('/').slice(1).join('.');
  return { field: field === '' ? '(root)' : field, problem: message ?? 'does not fit' };
}

/** Compiles a JSON Schema. @returns the validator, or what is wrong with the schema */
export function argumentsValidator(schema: Record<string, unknown>): {
  readonly validate?: ArgumentsValidator;
  readonly problems: readonly FileProblem[];
} {
  const field = 'parameters';
  if (schema['type'] !== 'object') {
    return { problems: [{ field, problem: 'must be the JSON Schema of an object: give it "type: object"' }] };
  }
  // Own instance: two tools may use the same $id.
  const ajv = new Ajv({ ...OPTIONS, validateSchema: false });
  formats.default(ajv);
  try {
    void checker.validateSchema(schema, true);
    const check = ajv.compile(schema);
    return { problems: [], validate: (args) => (check(args) ? [] : (check.errors ?? []).map(problemOf)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be compiled';
    return { problems: [{ field, problem: `is no valid JSON Schema: ${reason}` }] };
  }
}

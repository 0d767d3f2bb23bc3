/** A JSON Schema as Ajv reads it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export type JsonKind = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';

/**
 * What one class-validator decorator means in JSON Schema. A schema may be looser than the decorator, never stricter: what
 * the handler would take must pass the gateway. What it cannot say goes into `words`, for the model; the worker checks it.
 */
export type ValidatorRule =
  | {
      /** The type of the value, if the decorator tells. */
      readonly kind?: JsonKind;
      readonly schema?: JsonSchema;
      readonly words?: string;
    }
  | { /** Why it cannot be said, and what to do instead. */ readonly refused: string };

/** @param constraints the decorator's arguments, as class-validator keeps them */
export type ValidatorMeaning = (constraints: readonly unknown[]) => ValidatorRule;

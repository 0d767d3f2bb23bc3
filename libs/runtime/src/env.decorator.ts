import 'reflect-metadata';

/** How a variable's text is read. `list`: separated by commas, blanks around the items dropped. */
export type VariableType = 'string' | 'number' | 'boolean' | 'list';

export interface EnvOptions {
  /** Its value is never printed, and may stand in a file: `<variable>_FILE` is its path then. */
  readonly secret?: boolean;
  /** Default: the declared type of the field, else the type of its initial value, else `string`. */
  readonly type?: VariableType;
}

/** One field of a config class that is read from the environment. */
export interface EnvField {
  readonly property: string;
  /** Name of the variable; `<SERVICE>` in it stands for the name of the service. */
  readonly variable: string;
  readonly secret: boolean;
  readonly type: VariableType | undefined;
}

const FIELDS = Symbol('interject.env-fields');

/**
 * Fills a field of a config class from an environment variable. The field's initial value is the default; class-validator
 * decorators say what is allowed. An empty variable counts as unset.
 *
 * @example
 * export class GatewayConfig {
 *   @Env('GATEWAY_PORT') @IsInt() @Min(0) @Max(65_535) readonly port: number = 3000;
 *   @Env('INTERJECT_API_KEY', { secret: true }) @IsOptional() @IsString() readonly apiKey?: string;
 * }
 */
export function Env(variable: string, { secret = false, type }: EnvOptions = {}): PropertyDecorator {
  return (prototype, property) => {
    if (typeof property !== 'string') throw new TypeError(`@Env('${variable}') needs a field with a plain name.`);
    const field: EnvField = { property, variable, secret, type: type ?? declaredType(prototype, property) };
    const others = envFieldsOf(prototype).filter((f) => f.property !== property);
    Reflect.defineMetadata(FIELDS, [...others, field], prototype);
  };
}

/** The fields of a config class, those of its base classes too. */
export function envFieldsOf(prototype: object): readonly EnvField[] {
  return (Reflect.getMetadata(FIELDS, prototype) as readonly EnvField[] | undefined) ?? [];
}

function declaredType(prototype: object, property: string): VariableType | undefined {
  switch (Reflect.getMetadata('design:type', prototype, property)) {
    case String:
      return 'string';
    case Number:
      return 'number';
    case Boolean:
      return 'boolean';
    case Array:
      return 'list';
    default:
      // A union, or a type that leaves no trace at run time: the initial value tells.
      return undefined;
  }
}

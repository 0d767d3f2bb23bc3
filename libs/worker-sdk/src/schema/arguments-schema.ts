import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { NoArguments } from '../no-arguments.js';
import type { ArgumentsClass } from '../tool.types.js';

/** A JSON Schema as Vapi and Ajv read it. */
export type JsonSchema = Record<string, unknown>;

/** Why a DTO gives no schema; the text says what to change. */
export class InexpressibleArgumentsError extends Error {
  constructor(text: string, options?: ErrorOptions) {
    super(text, options);
    this.name = 'InexpressibleArgumentsError';
  }
}

interface PropertyMeta {
  readonly target: unknown;
  readonly propertyName: string;
}

const PRIMITIVES: ReadonlyMap<unknown, JsonSchema> = new Map<unknown, JsonSchema>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
]);

function prototypeOf(target: unknown): object | undefined {
  return typeof target === 'function' ? (target.prototype as object) : undefined;
}

function reflectedType(meta: PropertyMeta): unknown {
  const prototype = prototypeOf(meta.target);
  return prototype && Reflect.getMetadata('design:type', prototype, meta.propertyName);
}

/** The class of a nested DTO: from `@Type(() => X)`, else from the property's own type. */
function nestedClass(meta: PropertyMeta): ArgumentsClass {
  const type = defaultMetadataStorage.findTypeMetadata(meta.target as () => unknown, meta.propertyName);
  const child: unknown = type?.typeFunction() ?? reflectedType(meta);
  if (typeof child !== 'function' || child === Object || child === Array || PRIMITIVES.has(child)) {
    throw new InexpressibleArgumentsError(`${meta.propertyName} is nested: say its class with @Type(() => TheClass)`);
  }
  return child as ArgumentsClass;
}

function hasConstraints(dto: ArgumentsClass): boolean {
  return getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false).length > 0;
}

/** Every class in full at its place: Vapi's tool parameters know no `$ref`. */
function objectSchema(dto: ArgumentsClass, path: readonly ArgumentsClass[]): JsonSchema {
  if (path.includes(dto)) {
    throw new InexpressibleArgumentsError(`${dto.name} contains itself: tool arguments must end somewhere`);
  }
  if (!hasConstraints(dto)) {
    throw new InexpressibleArgumentsError(
      `${dto.name} has no class-validator decorators: decorate its properties, or use NoArguments`,
    );
  }
  const nested = (meta: PropertyMeta): JsonSchema => objectSchema(nestedClass(meta), [...path, dto]);
  const schema = targetConstructorToSchema(dto, {
    classTransformerMetadataStorage: defaultMetadataStorage,
    additionalConverters: {
      [ValidationTypes.NESTED_VALIDATION]: nested,
      // A validator without a converter: the property's own type is what can be said.
      [ValidationTypes.CUSTOM_VALIDATION]: (meta) => PRIMITIVES.get(reflectedType(meta)) ?? {},
    },
  });
  return { ...(schema as JsonSchema), additionalProperties: false };
}

/**
 * The JSON Schema of a tool's arguments, from the class-validator decorators of its DTO.
 *
 * @throws InexpressibleArgumentsError when the DTO is missing, has no decorators, or contains itself
 */
export function argumentsSchema(dto: ArgumentsClass | undefined): JsonSchema {
  if (typeof dto !== 'function') {
    throw new InexpressibleArgumentsError('it has no arguments class: give `arguments: TheDto`, or NoArguments');
  }
  if ((dto as unknown) === NoArguments) return { type: 'object', properties: {}, additionalProperties: false };
  return objectSchema(dto, []);
}

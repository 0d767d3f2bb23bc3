import { NoArguments } from '../no-arguments.js';
import type { ArgumentsClass } from '../tool.types.js';
import { dtoFacts } from './dto-metadata.js';
import type { PropertyFacts } from './dto-metadata.js';
import { InexpressibleArgumentsError } from './inexpressible-arguments.errors.js';
import type { JsonSchema } from './json-schema.types.js';
import { propertySchema } from './property-schema.js';
import type { Expressed } from './property-schema.js';

/** What a DTO says of a tool's arguments. */
export interface ArgumentsDescription {
  /** JSON Schema of the arguments, the static ones included. */
  readonly parameters: Record<string, unknown>;
  /** Liquid by name of the property, from `@FromCall`. */
  readonly staticArguments: Readonly<Record<string, string>>;
  /** Those of them that are left out when the call has no value for them. */
  readonly optionalStatic: readonly string[];
}

const BUILT_IN = new Set<unknown>([Object, Array, String, Number, Boolean, Date, Map, Set, undefined]);

/** Every class in full at its place: Vapi's tool parameters know no `$ref`. */
class Description {
  readonly problems: string[] = [];
  readonly staticArguments: Record<string, string> = {};
  readonly optionalStatic: string[] = [];

  object(dto: ArgumentsClass, path: readonly ArgumentsClass[]): JsonSchema {
    if (path.includes(dto)) {
      this.problems.push(`${dto.name} contains itself: tool arguments must end somewhere`);
      return {};
    }
    const facts = dtoFacts(dto);
    if (facts.length === 0) {
      this.problems.push(`${dto.name} has no class-validator decorators: decorate its properties, or use NoArguments`);
      return {};
    }
    const properties = facts.map((one) => [one.name, this.property(one, dto, path)] as const);
    const required = facts.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
    return {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    };
  }

  private property(facts: PropertyFacts, dto: ArgumentsClass, path: readonly ArgumentsClass[]): JsonSchema {
    const where = `${dto.name}.${facts.name}`;
    const expressed = propertySchema(facts, (child) => this.nested(child, [...path, dto]));
    if (!expressed.ok) {
      this.problems.push(...expressed.reasons.map((reason) => `${where}: ${reason}`));
      return {};
    }
    const { template } = facts.note;
    if (template === undefined) return expressed.schema;
    if (path.length > 0) this.problems.push(`${where}: @FromCall belongs to the class of the arguments itself`);
    if (expressed.schema['type'] !== 'string')
      this.problems.push(`${where}: @FromCall fills in text: make it a string`);
    this.staticArguments[facts.name] = template;
    if (!facts.isOptional) return expressed.schema;
    this.optionalStatic.push(facts.name);
    // What Liquid makes of a missing value: the gateway must let it pass.
    return { anyOf: [expressed.schema, { type: 'string', maxLength: 0 }] };
  }

  private nested(child: unknown, path: readonly ArgumentsClass[]): Expressed {
    if (typeof child !== 'function' || BUILT_IN.has(child)) {
      return { ok: false, reasons: ['is nested: say its class with @Type(() => TheClass)'] };
    }
    return { ok: true, schema: this.object(child as ArgumentsClass, path) };
  }
}

/**
 * What a DTO says of a tool's arguments, from its decorators. The schema may be looser than they are, never stricter: the
 * worker checks the arguments with the decorators themselves.
 *
 * @throws InexpressibleArgumentsError naming every class and property that JSON Schema cannot describe
 */
export function describeArguments(dto: ArgumentsClass | undefined): ArgumentsDescription {
  if (typeof dto !== 'function') {
    throw new InexpressibleArgumentsError(['it has no arguments class: give `arguments: TheDto`, or NoArguments']);
  }
  if ((dto as unknown) === NoArguments) {
    const parameters = { type: 'object', properties: {}, additionalProperties: false };
    return { parameters, staticArguments: {}, optionalStatic: [] };
  }
  const description = new Description();
  const parameters = { ...description.object(dto, []) };
  if (description.problems.length > 0) throw new InexpressibleArgumentsError([...new Set(description.problems)]);
  const { staticArguments, optionalStatic } = description;
  return { parameters, staticArguments, optionalStatic };
}

/**
 * The JSON Schema of a tool's arguments alone.
 *
 * @throws InexpressibleArgumentsError as {@link describeArguments} does
 */
export function argumentsSchema(dto: ArgumentsClass | undefined): JsonSchema {
  return describeArguments(dto).parameters;
}

import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { ArgumentsClass } from '../tool.types.js';
import { propertyNotes } from './property-notes.js';
import type { PropertyNote } from './property-notes.js';

/** One class-validator decorator of a property. */
export interface Decoration {
  /** As class-validator names it; empty when it has none. */
  readonly name: string;
  readonly kind: 'validator' | 'nested' | 'other';
  readonly constraints: readonly unknown[];
  readonly each: boolean;
  /** Its check gives a promise. */
  readonly isAsync: boolean;
}

/** All that is known of one property of a DTO. */
export interface PropertyFacts {
  readonly name: string;
  readonly note: PropertyNote;
  readonly decorations: readonly Decoration[];
  readonly isOptional: boolean;
  /** What TypeScript wrote down of its type: a constructor, `Object` for everything it has no word for. */
  readonly declared: unknown;
  /** The class given by `@Type`. */
  readonly transformedTo: unknown;
  /** Reasons why it cannot be an argument, whatever its type. */
  readonly refusals: readonly string[];
}

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

function decoration(meta: Metadata): Decoration {
  const [constraint] =
    meta.constraintCls === undefined ? [] : getMetadataStorage().getTargetValidatorConstraints(meta.constraintCls);
  const isNested = meta.type === ValidationTypes.NESTED_VALIDATION;
  const isValidator = meta.type === ValidationTypes.CUSTOM_VALIDATION;
  return {
    name: meta.name ?? constraint?.name ?? '',
    kind: isNested ? 'nested' : isValidator ? 'validator' : 'other',
    constraints: (meta.constraints as readonly unknown[] | undefined) ?? [],
    each: meta.each,
    isAsync: constraint?.async === true,
  };
}

function isOptionalMark(meta: Metadata): boolean {
  return meta.type === ValidationTypes.CONDITIONAL_VALIDATION && meta.name === 'isOptional';
}

function refusalsOf(dto: ArgumentsClass, property: string, metas: readonly Metadata[]): string[] {
  const refusals: string[] = [];
  const hasCondition = metas.some(
    (meta) =>
      (meta.type === ValidationTypes.CONDITIONAL_VALIDATION && !isOptionalMark(meta)) || meta.validateIf !== undefined,
  );
  if (hasCondition) refusals.push('@ValidateIf depends on other values: make it @IsOptional() and check it in run()');
  if (metas.some((meta) => (meta.groups as unknown[] | undefined)?.length)) {
    refusals.push('validation groups are not used for tool arguments: take `groups` away');
  }
  if (metas.some(({ type }) => type === ValidationTypes.PROMISE_VALIDATION)) {
    refusals.push('@ValidatePromise: arguments hold no promises');
  }
  if (defaultMetadataStorage.findExcludeMetadata(dto, property) !== undefined) {
    refusals.push('@Exclude would keep it from the handler: leave the property out');
  }
  const exposed = defaultMetadataStorage.findExposeMetadata(dto, property)?.options.name;
  if (exposed !== undefined && exposed !== property) {
    refusals.push(`@Expose renames it: call the property ${JSON.stringify(exposed)}`);
  }
  const type = defaultMetadataStorage.findTypeMetadata(dto, property);
  if (type?.options?.discriminator !== undefined) {
    refusals.push(
      'a discriminator makes it a union, which a model cannot be told: give each kind a property of its own',
    );
  }
  return refusals;
}

/** The type that `@Type(() => X)` gives. */
function transformedTo(dto: ArgumentsClass, property: string): unknown {
  const type = defaultMetadataStorage.findTypeMetadata(dto, property);
  return type?.typeFunction();
}

/** Every property of the DTO that a decorator or a note speaks of, base classes included, in the order they were declared. */
export function dtoFacts(dto: ArgumentsClass): readonly PropertyFacts[] {
  const prototype = dto.prototype as object;
  const metas = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const notes = propertyNotes(prototype);
  // A property with a value of its own shows itself, decorated or not.
  const names = new Set([...metas.map(({ propertyName }) => propertyName), ...notes.keys(), ...ownFields(dto)]);
  return [...names].map((name) => {
    const own = metas.filter(({ propertyName }) => propertyName === name);
    return {
      name,
      note: notes.get(name) ?? {},
      decorations: own.filter((meta) => !isCondition(meta)).map(decoration),
      isOptional: own.some(isOptionalMark),
      declared: Reflect.getMetadata('design:type', prototype, name) as unknown,
      transformedTo: transformedTo(dto, name),
      refusals: refusalsOf(dto, name, own),
    };
  });
}

function isCondition({ type }: Metadata): boolean {
  return type === ValidationTypes.CONDITIONAL_VALIDATION;
}

function ownFields(dto: ArgumentsClass): string[] {
  try {
    return Object.keys(new dto());
  } catch {
    return [];
  }
}

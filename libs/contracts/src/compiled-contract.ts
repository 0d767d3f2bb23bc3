import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import {
  ARRAY_MAX_SIZE,
  ARRAY_MIN_SIZE,
  ARRAY_NOT_EMPTY,
  getMetadataStorage,
  IS_ARRAY,
  IS_BOOLEAN,
  IS_EMAIL,
  IS_ENUM,
  IS_IN,
  IS_INT,
  IS_LENGTH,
  IS_NOT_EMPTY,
  IS_NUMBER,
  IS_OBJECT,
  IS_STRING,
  MATCHES,
  MAX,
  MAX_LENGTH,
  MIN,
  MIN_LENGTH,
  ValidationTypes,
} from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { freeFormFields } from './free-form.decorator.js';
import { openWordsOf } from './open-words.decorator.js';

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Contract = new () => object;
type Plain = Readonly<Record<string, unknown>>;

/** Gives the instance of data that surely fits; `undefined` for everything else, whether it fits or not. */
export type SureReader = (data: Plain) => object | undefined;

/** One validator of a field: class-validator's own check, so that there is one truth about what fits. */
interface Check {
  readonly validate: (value: unknown) => unknown;
  readonly each: boolean;
}

interface Field {
  readonly isOptional: boolean;
  readonly isFreeForm: boolean;
  /** For `@OpenWords`: puts the word that stands for all others in the place of one that is not known. */
  readonly known: ((value: unknown) => unknown) | undefined;
  /** For `@ValidateNested() @Type(() => X)`: reads X. */
  readonly nested: SureReader | undefined;
  readonly isList: boolean;
  readonly checks: readonly Check[];
}

/** Validators that look at nothing but the value and their constraints, and give their answer at once. */
const KNOWN_VALIDATORS: ReadonlySet<string> = new Set([
  ...[IS_STRING, IS_INT, IS_NUMBER, IS_BOOLEAN, IS_OBJECT, IS_ARRAY, IS_IN, IS_ENUM, IS_NOT_EMPTY, IS_EMAIL],
  ...[MIN, MAX, IS_LENGTH, MIN_LENGTH, MAX_LENGTH, MATCHES, ARRAY_MIN_SIZE, ARRAY_MAX_SIZE, ARRAY_NOT_EMPTY],
]);

const compiled = new WeakMap<Contract, SureReader | 'unknown'>();

/**
 * The fast way to read a contract, made once from the decorators of its class. It knows plain data classes with common
 * validators; of anything it does not know it says nothing.
 */
export function sureReader(contract: Contract): SureReader | undefined {
  let reader = compiled.get(contract);
  if (reader === undefined) {
    reader = compile(contract, new Set(freeFormFields(contract.prototype as object)), []) ?? 'unknown';
    compiled.set(contract, reader);
  }
  return reader === 'unknown' ? undefined : reader;
}

/** @param freeForm fields that pass as they are; within others class-transformer walks through them */
function compile(
  contract: Contract,
  freeForm: ReadonlySet<string>,
  within: readonly Contract[],
): SureReader | undefined {
  if (within.includes(contract) || !isPlainDataClass(contract)) return undefined;
  const metas = getMetadataStorage().getTargetValidationMetadatas(contract, '', false, false);
  const fields = new Map<string, Field>();
  for (const name of new Set([...metas.map(({ propertyName }) => propertyName), ...freeForm])) {
    const own = metas.filter(({ propertyName }) => propertyName === name);
    const field = compileField(contract, name, own, freeForm.has(name), [...within, contract]);
    if (field === undefined) return undefined;
    fields.set(name, field);
  }
  if (fields.size === 0) return undefined;
  const required = [...fields.values()].filter(({ isOptional }) => !isOptional).length;
  return (data) => read(contract, fields, required, data);
}

/** No defaults, accessors or methods, and of class-transformer's decorators none but `@Type`. */
function isPlainDataClass(contract: Contract): boolean {
  const { prototype } = contract as { readonly prototype: object };
  const members = [prototype, ...ancestors(prototype)].flatMap((one) => Reflect.ownKeys(one));
  if (members.some((name) => name !== 'constructor')) return false;
  if (Object.keys(new contract()).length > 0) return false;
  const { PLAIN_TO_CLASS } = TransformationType;
  const storage = defaultMetadataStorage;
  return (
    storage.getStrategy(contract) === 'none' &&
    storage.getExposedProperties(contract, PLAIN_TO_CLASS).length === 0 &&
    storage.getExcludedProperties(contract, PLAIN_TO_CLASS).length === 0
  );
}

function ancestors(prototype: object): object[] {
  const parent = Object.getPrototypeOf(prototype) as object;
  return parent === Object.prototype ? [] : [parent, ...ancestors(parent)];
}

function compileField(
  contract: Contract,
  name: string,
  metas: readonly Metadata[],
  isFreeForm: boolean,
  within: readonly Contract[],
): Field | undefined {
  const type = defaultMetadataStorage.findTypeMetadata(contract, name);
  const known = openWordsOf(contract.prototype as object, name);
  const isTransformed =
    known === undefined &&
    defaultMetadataStorage.findTransformMetadatas(contract, name, TransformationType.PLAIN_TO_CLASS).length > 0;
  if (name in Object.prototype || isTransformed || type?.options?.discriminator !== undefined) return undefined;
  const nestings = metas.filter(({ type: kind }) => kind === ValidationTypes.NESTED_VALIDATION);
  const optional = metas.filter(isOptionalMark);
  const checks = metas.filter((meta) => !nestings.includes(meta) && !optional.includes(meta)).map(compileCheck);
  if (!checks.every((check) => check !== undefined) || [...nestings, ...optional].some(hasExtras)) return undefined;
  const base = { isOptional: optional.length > 0, isFreeForm, known, checks };
  const [nesting, more] = nestings;
  if (nesting === undefined) return type === undefined ? { ...base, nested: undefined, isList: false } : undefined;
  if (type === undefined || isFreeForm || more !== undefined) return undefined;
  const nested = compile(type.typeFunction() as Contract, new Set(), within);
  return nested && { ...base, nested, isList: nesting.each };
}

function compileCheck(meta: Metadata): Check | undefined {
  if (meta.type !== ValidationTypes.CUSTOM_VALIDATION || hasExtras(meta)) return undefined;
  const [constraint, more] = getMetadataStorage().getTargetValidatorConstraints(meta.constraintCls);
  if (constraint === undefined || more !== undefined || constraint.async || !KNOWN_VALIDATORS.has(meta.name ?? '')) {
    return undefined;
  }
  const { instance } = constraint;
  const args = { constraints: (meta.constraints as unknown[] | undefined) ?? [] };
  return { validate: (value) => instance.validate(value, args as ValidationArguments), each: meta.each };
}

function isOptionalMark({ type, name }: Metadata): boolean {
  return type === ValidationTypes.CONDITIONAL_VALIDATION && name === 'isOptional';
}

/** Conditions and groups are somebody's who knows better. */
function hasExtras(meta: Metadata): boolean {
  const groups = meta.groups as readonly unknown[] | undefined;
  return meta.validateIf !== undefined || (groups !== undefined && groups.length > 0);
}

function read(
  contract: Contract,
  fields: ReadonlyMap<string, Field>,
  required: number,
  data: Plain,
): object | undefined {
  const instance = new contract() as Record<string, unknown>;
  let missing = required;
  for (const name of Object.keys(data)) {
    const value = data[name];
    if (value === null) continue;
    const field = fields.get(name);
    if (field === undefined) {
      // An unknown text or number is dropped by the slow path too; into an unknown object it looks, and may stumble.
      if (!isScalar(value)) return undefined;
      continue;
    }
    const taken = take(field, value);
    if (taken === undefined || !passes(field, taken)) return undefined;
    instance[name] = taken;
    if (!field.isOptional) missing -= 1;
  }
  return missing === 0 ? instance : undefined;
}

/** The value as the instance gets it. */
function take({ isFreeForm, known, nested, isList }: Field, value: unknown): unknown {
  if (isFreeForm) return value;
  if (known !== undefined) return takeScalar(known(value));
  if (nested === undefined) return Array.isArray(value) ? takeAll(value, takeScalar) : takeScalar(value);
  const takeNested = (one: unknown): unknown => (isRecord(one) ? nested(one) : undefined);
  if (isList) return Array.isArray(value) ? takeAll(value, takeNested) : undefined;
  return takeNested(value);
}

function takeScalar(value: unknown): unknown {
  return isScalar(value) ? value : undefined;
}

function takeAll(values: readonly unknown[], takeOne: (value: unknown) => unknown): unknown[] | undefined {
  const taken: unknown[] = [];
  for (const value of values) {
    const one = takeOne(value);
    if (one === undefined) return undefined;
    taken.push(one);
  }
  return taken;
}

function passes({ checks }: Field, value: unknown): boolean {
  return checks.every(({ validate, each }) =>
    each && Array.isArray(value) ? value.every((one) => validate(one) === true) : validate(value) === true,
  );
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

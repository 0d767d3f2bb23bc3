import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Expose, Transform, Type } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import {
  getMetadataStorage,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import fc from 'fast-check';
import { sureReader } from './compiled-contract.js';
import { isContractError } from './contract-errors.js';
import * as library from './index.js';
import { parse, parseThoroughly } from './parse.js';

type Contract = new () => object;
type Values = Record<string, unknown>;

/** What they check is their own: data for them is not made up here. */
const UNKNOWN_TO_THE_COMPILER: readonly string[] = ['ToolDefinition'];

const contracts = (Object.values(library) as unknown[]).filter(
  (one): one is Contract =>
    typeof one === 'function' && getMetadataStorage().getTargetValidationMetadatas(one, '', false, false).length > 0,
);

/** Data that fits, made up from the decorators. */
function fitting(contract: Contract): fc.Arbitrary<Values> {
  const metas = getMetadataStorage().getTargetValidationMetadatas(contract, '', false, false);
  const names = [...new Set(metas.map(({ propertyName }) => propertyName))];
  const isOptional = (name: string): boolean =>
    metas.some((meta) => meta.propertyName === name && meta.name === 'isOptional');
  const fields = names.map((name) => [name, fittingValue(contract, name)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: names.filter((name) => !isOptional(name)) });
}

function fittingValue(contract: Contract, name: string): fc.Arbitrary<unknown> {
  const metas = getMetadataStorage()
    .getTargetValidationMetadatas(contract, '', false, false)
    .filter(({ propertyName }) => propertyName === name);
  const limit = (validator: string, index: number, other: number): number =>
    (metas.find((meta) => meta.name === validator)?.constraints as number[] | undefined)?.[index] ?? other;
  const has = (validator: string): boolean => metas.some((meta) => meta.name === validator);
  const nested = defaultMetadataStorage.findTypeMetadata(contract, name)?.typeFunction() as Contract | undefined;
  const sizes = { minLength: limit('arrayMinSize', 0, 0), maxLength: Math.min(limit('arrayMaxSize', 0, 3), 3) };
  const one = (): fc.Arbitrary<unknown> => {
    if (nested !== undefined) return fitting(nested);
    if (has('isIn'))
      return fc.constantFrom(...(metas.find((meta) => meta.name === 'isIn')?.constraints[0] as unknown[]));
    if (has('isInt')) return fc.integer({ min: limit('min', 0, -10), max: limit('max', 0, 2 ** 31) });
    if (has('isBoolean')) return fc.boolean();
    if (has('matches')) {
      const pattern = metas.find((meta) => meta.name === 'matches')?.constraints[0] as RegExp;
      return fc.stringMatching(pattern).filter((text) => text.length >= limit('isLength', 0, 0) && text.length <= 300);
    }
    if (has('isObject')) return fc.dictionary(fc.string(), fc.jsonValue());
    if (!has('isString')) return fc.jsonValue().filter((value) => value !== null);
    const [min, max] = [limit('isLength', 0, 0), Math.min(limit('isLength', 1, 30), limit('maxLength', 0, 30), 30)];
    return fc.string({ minLength: min, maxLength: max, unit: 'grapheme-ascii' });
  };
  return has('isArray') ? fc.array(one(), sizes) : one();
}

/** What JSON cannot say, and what is dangerous to read; made anew each time, as it is changed too. */
const STRANGE: readonly (() => unknown)[] = [
  ...[null, undefined, '', 7, -1, 0.5, Number.NaN, true, 'x'.repeat(2000), '\uFE0F', '\uD83D', Symbol('x'), 10n].map(
    (value) => () => value,
  ),
  ...[
    () => [],
    () => [null],
    () => [undefined],
    () => [[]],
    () => [{}],
    () => Array.from<unknown>({ length: 3 }),
    () => ({}),
  ],
  ...[() => new Date(0), () => new Map([['a', 1]]), () => /x/, () => Buffer.from('x'), () => new Object('text')],
  () => () => 'x',
  () => ({ then: () => undefined }),
  () => Object.create({ timing: 'interrupt', callId: 'inherited' }) as unknown,
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":1}') as unknown,
];

const strange = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom(...STRANGE).map((make) => make()),
    fc.jsonValue(),
  );

const STRANGE_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'then', 'valueOf', 'length', 'addedLater'];

/** Puts `value` somewhere into `data` itself, at the top or one level down. */
function mutate(
  data: Values,
  [at, inside, key, value, how]: [number, number, string | undefined, unknown, string],
): Values {
  const names = Object.keys(data);
  const chosen = names[at % Math.max(1, names.length)];
  const below: unknown = chosen === undefined ? undefined : Object.getOwnPropertyDescriptor(data, chosen)?.value;
  const isOpen = typeof below === 'object' && below !== null && !ArrayBuffer.isView(below);
  const isDeep = inside % 2 === 1 && isOpen && Object.keys(below).length > 0;
  const target = isDeep ? (below as Values) : data;
  const property = key ?? Object.keys(target)[inside % Math.max(1, Object.keys(target).length)] ?? 'callId';
  const descriptor = {
    value: { value, enumerable: true },
    getter: { get: () => value, enumerable: true },
    thrower: {
      get: () => {
        throw new Error('private');
      },
      enumerable: true,
    },
    hidden: { value, enumerable: false },
  }[how];
  // Jest itself asks what it compares for its constructor.
  const isMatcherTrap = property === 'constructor' && how === 'thrower';
  if (!isMatcherTrap && !(Array.isArray(target) && property === 'length')) {
    Reflect.defineProperty(target, property, { configurable: true, ...descriptor });
  }
  return data;
}

const mutation = fc.tuple(
  fc.nat(20),
  fc.nat(20),
  fc.option(fc.constantFrom(...STRANGE_KEYS), { nil: undefined }),
  strange(),
  fc.constantFrom('value', 'value', 'value', 'getter', 'thrower', 'hidden'),
);

/** What a reader makes of the data, in a form that can be compared. */
function outcome(run: () => object): unknown {
  try {
    return { instance: run() };
  } catch (error) {
    return isContractError(error) ? { problems: error.problems, message: error.message } : { thrown: String(error) };
  }
}

function expectSame(contract: Contract, data: object): void {
  const fast = outcome(() => parse(contract, data));
  const thorough = outcome(() => parseThoroughly(contract, data));
  expect(fast).toStrictEqual(thorough);
}

describe('compiled contracts', () => {
  it.each(contracts.map((contract) => [contract.name, contract] as const))(
    'reads %s as the thorough way does',
    (name, contract) => {
      const isKnown = !UNKNOWN_TO_THE_COMPILER.includes(name);
      expect(sureReader(contract) !== undefined).toBe(isKnown);
      fc.assert(
        fc.property(
          isKnown ? fitting(contract) : fc.dictionary(fc.string(), fc.jsonValue()),
          fc.array(mutation, { maxLength: 3 }),
          (data, mutations) => {
            // Not the thorough way by the back door: what fits is read fast.
            if (isKnown) expect(sureReader(contract)?.(data)).toBeInstanceOf(contract);
            expectSame(contract, data);
            expectSame(contract, mutations.reduce(mutate, structuredClone(data)));
          },
        ),
        { numRuns: 20 },
      );
    },
  );

  it('hands over free-form fields as they are and drops what it does not know', () => {
    const args = JSON.parse('{"__proto__":1,"constructor":2,"deep":[null]}') as object;
    const data = { callId: 'c', toolCallId: 't', tool: 'x', outcome: 'succeeded', at: 1, data: args, addedLater: 1 };
    const read = sureReader(library.ToolCallCalledBack)?.(data);
    expect(read).toStrictEqual(parseThoroughly(library.ToolCallCalledBack, data));
    expect((read as library.ToolCallCalledBack).data).toBe(args);
  });

  it('passes nothing on that is not in the contract', () => {
    const data = JSON.parse('{"timing":"interrupt","__proto__":"x","polluted":true}') as object;
    const read = sureReader(library.SpeechPlan)?.(data as never);
    expect(Object.getPrototypeOf(read)).toBe(library.SpeechPlan.prototype);
    expect(Object.keys(read ?? {})).toEqual(['timing']);
  });
});

class Plain {
  @IsString() @Length(1, 5) text!: string;
}
class WithDefault {
  @IsInt() count = 3;
}
class WithMethod {
  @IsString() text!: string;
  get double(): string {
    return this.text + this.text;
  }
}
class Transformed {
  @Transform(({ value }) => `${String(value)}!`) @IsString() text!: string;
}
class Renamed {
  @Expose({ name: 'words' }) @IsString() text!: string;
}
class Conditional {
  @ValidateIf((one: Conditional) => one.text !== 'free') @Length(1, 2) text!: string;
}
class Dated {
  @IsOptional() @Type(() => Date) at?: Date;
}
class OwnValidator {
  @ValidateBy({ name: 'isEven', validator: { validate: (value) => Number(value) % 2 === 0 } }) count!: number;
}
class Recursive {
  @IsOptional() @ValidateNested() @Type(() => Recursive) child?: Recursive;
}
class Holder {
  @ValidateNested() @Type(() => WithDefault) inner!: WithDefault;
}
class Heir extends Plain {
  @IsIn(['a', 'b']) kind!: string;
}

describe('the compiler of contracts', () => {
  it.each([WithDefault, WithMethod, Transformed, Renamed, Conditional, Dated, OwnValidator, Recursive, Holder])(
    'leaves %p to the thorough way',
    (contract) => {
      expect(sureReader(contract)).toBeUndefined();
    },
  );

  it('knows inherited fields', () => {
    const data = { text: 'abc', kind: 'a' };
    expect(sureReader(Heir)?.(data)).toStrictEqual(parseThoroughly(Heir, data));
    expect(sureReader(Heir)?.({ kind: 'a' })).toBeUndefined();
  });
});

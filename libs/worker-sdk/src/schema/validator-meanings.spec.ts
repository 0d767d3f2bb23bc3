import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { parse } from '@interject/contracts';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { Type } from 'class-transformer';
import * as validators from 'class-validator';
import type { ArgumentsClass } from '../tool.types.js';
import { argumentsSchema } from './arguments-schema.js';
import { TEXT_VALIDATORS } from './text-validators.js';
import { VALUE_VALIDATORS } from './value-validators.js';

const v = validators;

class Inner {
  @v.IsInt() n!: number;
}

function dtoOf(...decorators: readonly PropertyDecorator[]): ArgumentsClass {
  class Dto {}
  for (const decorate of decorators.toReversed()) decorate(Dto.prototype, 'it');
  return Dto;
}

/** As the gateway checks: `apps/gateway`, ArgumentValidator. */
function gateway(dto: ArgumentsClass): (value: unknown) => boolean {
  const ajv = new Ajv({ allErrors: true, strict: false, coerceTypes: false });
  formats.default(ajv);
  const validate = ajv.compile(argumentsSchema(dto));
  return (value) => validate({ it: value });
}

function workerTakes(dto: ArgumentsClass, value: unknown): boolean {
  try {
    parse(dto, { it: value });
    return true;
  } catch {
    return false;
  }
}

const SAMPLES: readonly unknown[] = [
  '',
  ' ',
  'a',
  'A',
  'abc',
  'ABC',
  'äöü',
  '日本',
  '😀',
  'a.b',
  'a-b',
  '0',
  '1',
  '12',
  '-3',
  '1.50',
  '0x1F',
  '#ff0000',
  '#fff8',
  'true',
  'false',
  '507f1f77bcf86cd799439011',
  '23:59',
  '2359',
  '24:00',
  'a@b.example',
  'nobody',
  '192.168.0.1',
  '::1',
  '2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d',
  '2026-05-04',
  '2026-05-04T09:30',
  '2026-05-04T09:30:00Z',
  '2026-05-04 09:30:00.5+02:00',
  '2026-W19-1',
  '2026-124',
  '20260504',
  'tomorrow',
  '+4930901820',
  'https://a.example/b?c=d',
  'example.com',
  '10115',
  'DE',
  'DEU',
  'EUR',
  'Europe/Berlin',
  '{"a":1}',
  'YWJj',
  'aaaa',
  'DE89370400440532013000',
  0,
  1,
  -1,
  2,
  2.5,
  3,
  90,
  100,
  -0.5,
  1e6,
  true,
  false,
  [],
  ['a'],
  ['a', 'a'],
  ['a', 'b', 'c'],
  [1],
  [1, 2, 3],
  [1, 1],
  [{ n: 1 }],
  [{ n: 1 }, { n: 1 }],
  [{ n: 'x' }],
  {},
  { n: 1 },
  { n: 'x' },
  { a: 1 },
  null,
];

const CASES: Readonly<Record<string, readonly PropertyDecorator[]>> = {
  IsString: [v.IsString()],
  Length: [v.Length(1, 3)],
  MinLength: [v.MinLength(2)],
  MaxLength: [v.MaxLength(2)],
  IsNotEmpty: [v.IsString(), v.IsNotEmpty()],
  Matches: [v.Matches(/^[a-z.-]+$/)],
  'Matches, any case': [v.Matches(/^[a-z]+$/i)],
  'Matches, not valid with u': [v.Matches(/^[\w-.]+$/)],
  'Matches, by text': [v.Matches('A', 'i')],
  Contains: [v.Contains('a.b')],
  NotContains: [v.NotContains('.')],
  IsAlpha: [v.IsAlpha()],
  'IsAlpha, German': [v.IsAlpha('de-DE')],
  IsAlphanumeric: [v.IsAlphanumeric()],
  IsAscii: [v.IsAscii()],
  IsByteLength: [v.IsByteLength(1, 3)],
  IsHexadecimal: [v.IsHexadecimal()],
  IsHexColor: [v.IsHexColor()],
  IsMongoId: [v.IsMongoId()],
  IsMilitaryTime: [v.IsMilitaryTime()],
  IsBooleanString: [v.IsBooleanString()],
  IsNumberString: [v.IsNumberString()],
  IsEmail: [v.IsEmail()],
  IsUUID: [v.IsUUID()],
  IsIP: [v.IsIP()],
  'IsIP 4': [v.IsIP(4)],
  'IsIP 6': [v.IsIP(6)],
  IsFQDN: [v.IsFQDN()],
  IsISO8601: [v.IsISO8601()],
  IsDateString: [v.IsDateString()],
  IsRFC3339: [v.IsRFC3339()],
  IsPhoneNumber: [v.IsPhoneNumber()],
  IsUrl: [v.IsUrl()],
  IsJSON: [v.IsJSON()],
  IsBase64: [v.IsBase64()],
  IsTimeZone: [v.IsTimeZone()],
  IsISO31661Alpha2: [v.IsISO31661Alpha2()],
  IsUppercase: [v.IsUppercase()],
  IsLowercase: [v.IsLowercase()],
  Equals: [v.Equals('abc')],
  NotEquals: [v.IsString(), v.NotEquals('abc')],
  IsIn: [v.IsIn(['a', 'abc'])],
  'IsIn, numbers': [v.IsIn([1, 2.5])],
  IsNotIn: [v.IsInt(), v.IsNotIn([1, 2])],
  IsEnum: [v.IsEnum({ A: 'a', B: 'b' })],
  IsBoolean: [v.IsBoolean()],
  IsInt: [v.IsInt()],
  'IsInt, within': [v.Min(0), v.IsInt(), v.Max(3)],
  IsNumber: [v.IsNumber({ maxDecimalPlaces: 1 })],
  IsPositive: [v.IsPositive()],
  IsNegative: [v.IsNegative()],
  IsDivisibleBy: [v.IsDivisibleBy(3)],
  'IsDivisibleBy, whole': [v.IsInt(), v.IsDivisibleBy(2)],
  IsLatitude: [v.IsNumber(), v.IsLatitude()],
  IsDate: [v.IsDate(), Type(() => Date)],
  MinDate: [v.MinDate(new Date(0)), Type(() => Date)],
  IsObject: [v.IsObject()],
  IsNotEmptyObject: [v.IsNotEmptyObject()],
  'texts in a list': [v.IsArray(), v.IsString({ each: true })],
  'texts in a list, few': [
    v.ArrayMinSize(1),
    v.ArrayMaxSize(2),
    v.IsString({ each: true }),
    v.MaxLength(1, { each: true }),
  ],
  ArrayNotEmpty: [v.ArrayNotEmpty(), v.IsInt({ each: true })],
  ArrayUnique: [v.ArrayUnique(), v.IsInt({ each: true })],
  ArrayContains: [v.ArrayContains([1]), v.IsInt({ each: true })],
  ArrayNotContains: [v.ArrayNotContains([2, 3]), v.IsInt({ each: true })],
  nested: [v.ValidateNested(), v.IsObject(), Type(() => Inner)],
  'nested in a list': [v.IsArray(), v.ArrayUnique(), v.ValidateNested({ each: true }), Type(() => Inner)],
  optional: [v.IsOptional(), v.IsString(), v.Length(2)],
};

/** class-validator takes a single value where each says there is a list; the schema wants the list. */
const LISTS = /list|^Array/;
/** What is no text is taken as milliseconds; a model is asked for a text. */
const DATES = /^(IsDate|MinDate)$/;

function samplesFor(name: string): readonly unknown[] {
  if (DATES.test(name)) return SAMPLES.filter((sample) => typeof sample === 'string');
  return LISTS.test(name) ? SAMPLES.filter((sample) => Array.isArray(sample)) : SAMPLES;
}

describe('the meaning of class-validator decorators', () => {
  it('is written down for every one there is', () => {
    const names = Object.entries(validators)
      .filter(([name]) => /^[A-Z0-9_]+$/.test(name))
      .flatMap(([, value]) => (typeof value === 'string' && value !== 'isOptional' ? [value] : []));
    expect(names.length).toBeGreaterThan(100);
    const known = [...Object.keys(TEXT_VALIDATORS), ...Object.keys(VALUE_VALIDATORS)];
    expect([...names].sort()).toEqual([...new Set(known)].sort());
  });

  it.each(Object.keys(CASES))('%s: what the worker takes passes the gateway', (name) => {
    const dto = dtoOf(...(CASES[name] ?? []));
    // What is null counts as not given, and is not offered.
    const taken = samplesFor(name).filter((sample) => sample !== null && workerTakes(dto, sample));
    expect(taken).not.toEqual([]);
    const passes = gateway(dto);
    expect(taken.filter((sample) => !passes(sample))).toEqual([]);
  });

  it.each([
    ['Length', 'abcd'],
    ['Matches', 'ABC'],
    ['Contains', 'aXb'],
    ['IsISO8601', 'tomorrow'],
    ['IsEmail', 'nobody'],
    ['IsIn', 'b'],
    ['IsNotIn', 1],
    ['IsInt', 2.5],
    ['IsInt, within', 100],
    ['IsPositive', 0],
    ['texts in a list', [1]],
    ['texts in a list, few', []],
    ['ArrayUnique', [1, 1]],
    ['ArrayContains', [2]],
    ['ArrayNotContains', [1, 2, 3]],
    ['nested', { n: 'x' }],
    ['nested in a list', [{ n: 'x' }]],
  ])('%s: the gateway refuses %j already, so that the model can mend it', (name, value) => {
    expect(gateway(dtoOf(...(CASES[name] ?? [])))(value)).toBe(false);
  });
});

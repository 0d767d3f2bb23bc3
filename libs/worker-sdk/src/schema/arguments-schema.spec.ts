import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Exclude, Expose, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsDate,
  IsEmail,
  IsEmpty,
  IsEnum,
  IsIn,
  IsInstance,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsPhoneNumber,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  MinLength,
  registerDecorator,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
} from 'class-validator';
import { Describe } from '../describe.decorator.js';
import { FromCall } from '../from-call.decorator.js';
import { NoArguments } from '../no-arguments.js';
import type { ArgumentsClass } from '../tool.types.js';
import { argumentsSchema, describeArguments } from './arguments-schema.js';
import { InexpressibleArgumentsError, isInexpressibleArgumentsError } from './inexpressible-arguments.errors.js';

class Passenger {
  @IsString() @Length(1, 80) name!: string;
  @IsOptional() @IsInt() @Min(0) @Max(120) age?: number;
}

class Contact {
  @IsEmail() email!: string;
}

function IsFlightNumber(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isFlightNumber',
      target: target.constructor,
      propertyName: String(propertyName),
      validator: { validate: (value: unknown) => typeof value === 'string' && /^[A-Z]{2}\d+$/.test(value) },
    });
  };
}

@ValidatorConstraint({ name: 'isKnown', async: true })
class IsKnown {
  async validate(): Promise<boolean> {
    return true;
  }
}

// A plain object of constants, as `enum` would make it.
const Cabin = { Economy: 'economy', Business: 'business' } as const;
type Cabin = (typeof Cabin)[keyof typeof Cabin];
/** What TypeScript makes of `enum Floor { Ground, First }`. */
const Floor = { 0: 'Ground', 1: 'First', Ground: 0, First: 1 } as const;

class BookingArguments {
  @Describe('For example LH400') @IsFlightNumber() flight!: string;
  @IsIn(['economy', 'business']) cabin!: string;
  @IsBoolean() flexible!: boolean;
  @IsArray() @ArrayMaxSize(9) @ValidateNested({ each: true }) @Type(() => Passenger) passengers!: Passenger[];
  @IsOptional() @ValidateNested() @Type(() => Contact) contact?: Contact;
  @IsOptional() @IsArray() @IsString({ each: true }) wishes?: string[];
}

class SecondBooking extends BookingArguments {
  @IsInt() discount!: number;
}

class Tree {
  @ValidateNested() @Type(() => Tree) child!: Tree;
}

class Plain {
  field = 1;
}

/** A class with one property. */
function withProperty(...decorators: PropertyDecorator[]): ArgumentsClass {
  return typed(undefined, ...decorators);
}

/** ... of a type that TypeScript writes down. */
function typed(type: unknown, ...decorators: PropertyDecorator[]): ArgumentsClass {
  class Dto {}
  if (type !== undefined) Reflect.defineMetadata('design:type', type, Dto.prototype, 'it');
  for (const decorate of decorators.toReversed()) decorate(Dto.prototype, 'it');
  return Dto;
}

function ofProperty(dto: ArgumentsClass): unknown {
  return (argumentsSchema(dto)['properties'] as Record<string, unknown>)['it'];
}

describe('argumentsSchema', () => {
  it('writes every rule, and nested classes in full at their place', () => {
    expect(argumentsSchema(BookingArguments)).toEqual({
      type: 'object',
      properties: {
        flight: { type: 'string', description: 'For example LH400' },
        cabin: { type: 'string', enum: ['economy', 'business'] },
        flexible: { type: 'boolean' },
        passengers: {
          type: 'array',
          maxItems: 9,
          items: {
            type: 'object',
            properties: {
              name: { type: 'string', minLength: 1, maxLength: 80 },
              age: { type: 'integer', minimum: 0, maximum: 120 },
            },
            required: ['name'],
            additionalProperties: false,
          },
        },
        contact: {
          type: 'object',
          properties: { email: { type: 'string', format: 'email' } },
          required: ['email'],
          additionalProperties: false,
        },
        wishes: { type: 'array', items: { type: 'string' } },
      },
      required: ['flight', 'cabin', 'flexible', 'passengers'],
      additionalProperties: false,
    });
  });

  it('takes over what a base class says', () => {
    const schema = argumentsSchema(SecondBooking) as { properties: object; required: string[] };
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(['flight', 'discount']));
    expect(schema.required).toEqual(expect.arrayContaining(['flight', 'discount']));
  });

  it('allows a tool without arguments', () => {
    expect(argumentsSchema(NoArguments)).toEqual({ type: 'object', properties: {}, additionalProperties: false });
  });

  it.each([
    ['a limit and a type, in any order', [Min(1), IsInt()], { type: 'integer', minimum: 1 }],
    ['a limit alone', [Max(1.5)], { type: 'number', maximum: 1.5 }],
    ['that a number is not empty', [IsNumber(), IsNotEmpty()], { type: 'number' }],
    ['that a text is not empty', [IsNotEmpty(), IsString()], { type: 'string', minLength: 1 }],
    ['limits that overlap', [MaxLength(5), Length(1, 9), MinLength(3)], { type: 'string', minLength: 3, maxLength: 5 }],
    ['an enum', [IsEnum(Cabin)], { type: 'string', enum: ['economy', 'business'] }],
    ['a numeric enum, without its names', [IsEnum(Floor)], { type: 'integer', enum: [0, 1] }],
    ['a list of choices', [IsIn([1, 2], { each: true })], { type: 'array', items: { type: 'integer', enum: [1, 2] } }],
    [
      'a list without repeats',
      [ArrayUnique(), IsString({ each: true })],
      { type: 'array', uniqueItems: true, items: { type: 'string' } },
    ],
    ['an object of any keys', [IsObject()], { type: 'object' }],
    [
      'a moment',
      [Type(() => Date), IsDate()],
      { type: 'string', description: 'A date or time, e.g. 2026-05-04T09:30:00Z.' },
    ],
    [
      'what only words can say',
      [Describe('Where to call'), IsPhoneNumber()],
      { type: 'string', description: 'Where to call. A phone number, e.g. +4930123456.' },
    ],
  ] as const)('writes %s', (_case, decorators, schema) => {
    expect(ofProperty(withProperty(...decorators))).toEqual(schema);
  });

  it('takes the declared type where a decorator leaves it open, and nested lists without each', () => {
    expect(ofProperty(typed(String, IsNotEmpty()))).toEqual({ type: 'string', minLength: 1 });
    const passengers = ofProperty(
      typed(
        Array,
        ValidateNested(),
        Type(() => Passenger),
      ),
    );
    expect(passengers).toMatchObject({ type: 'array', items: { type: 'object', required: ['name'] } });
  });

  it.each([
    ['nothing but a description', typed(String, Describe('A region')), /Dto\.it: no class-validator decorator says/],
    ['@Allow alone', typed(String, Allow()), /no class-validator decorator says/],
    ['@IsOptional alone', withProperty(IsOptional(), Describe('x')), /Dto\.it: no class-validator decorator says/],
    [
      'a validator of their own without a description',
      typed(String, IsFlightNumber()),
      /"isFlightNumber".*@Describe\(\)/,
    ],
    ['a validator of unknown type', withProperty(Describe('x'), IsFlightNumber()), /no decorator says its type/],
    ['an asynchronous validator', typed(String, IsString(), Validate(IsKnown)), /"isKnown" is asynchronous/],
    [
      'a validator of their own for a list',
      typed(Array, IsFlightNumber(), IsString({ each: true })),
      /"isFlightNumber"/,
    ],
    ['two types', withProperty(IsString(), IsInt()), /integer and string at once/],
    ['another type than declared', typed(String, IsInt()), /is declared string, but its decorators say integer/],
    ['choices of different types', withProperty(IsIn(['a', 1])), /values of different types/],
    ['a Map', typed(Map, IsObject()), /is a Map or a Set/],
    ['an instance', withProperty(IsInstance(Passenger)), /instance of a class/],
    ['emptiness', withProperty(IsEmpty()), /leave the property out/],
    ['a list of unknown things', typed(Array, IsArray()), /list of unknown things/],
    ['a list of lists', withProperty(IsArray({ each: true })), /list of lists/],
    [
      'a list with a decorator that lacks each',
      typed(Array, IsArray(), IsInt()),
      /array and integer at once|each: true/,
    ],
    [
      'a condition',
      withProperty(
        IsString(),
        ValidateIf(() => true),
      ),
      /@ValidateIf depends on other values/,
    ],
    ['a condition in options', withProperty(IsString({ validateIf: () => true })), /@ValidateIf/],
    ['groups', withProperty(IsString({ groups: ['a'] })), /validation groups/],
    ['a date that JSON cannot bring', typed(Date, IsDate()), /add @Type\(\(\) => Date\)/],
    ['a renamed property', withProperty(IsString(), Expose({ name: 'other' })), /@Expose renames it.*"other"/],
    ['an excluded property', withProperty(IsString(), Exclude()), /@Exclude/],
    ['a nested property of unknown class', typed(Object, ValidateNested()), /is nested: say its class with @Type/],
    ['a nested property that is a text', typed(Passenger, IsString(), ValidateNested()), /is nested, but/],
    [
      'a union',
      withProperty(
        ValidateNested(),
        Type(() => Passenger, { discriminator: { property: 'kind', subTypes: [{ name: 'c', value: Contact }] } }),
      ),
      /discriminator makes it a union/,
    ],
    ['no class', undefined, /give `arguments: TheDto`, or NoArguments/],
    ['a class without decorators', class Empty {}, /Empty has no class-validator decorators/],
    ['a property without decorators', Plain, /Plain\.field: no class-validator decorator says/],
    ['a class that contains itself', Tree, /Tree contains itself/],
  ])('refuses %s and says what to do', (_case, dto, text) => {
    expect(() => argumentsSchema(dto)).toThrow(InexpressibleArgumentsError);
    expect(() => argumentsSchema(dto)).toThrow(text);
  });

  it('names all that is wrong, with class and property', () => {
    class Inner {
      @IsIn([]) colour!: string;
    }
    class Outer {
      @IsEmpty() nothing!: string;
      @ValidateNested() @Type(() => Inner) inner!: Inner;
      forgotten = 'no decorator';
    }
    let problems: readonly string[] = [];
    try {
      argumentsSchema(Outer);
    } catch (error) {
      if (isInexpressibleArgumentsError(error)) ({ problems } = error);
    }
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'Outer.nothing',
      'Inner.colour',
      'Outer.forgotten',
    ]);
  });
});

describe('@FromCall', () => {
  class WithCaller {
    @IsString() region!: string;
    @FromCall('{{ customer.number }}') @IsOptional() @IsPhoneNumber() phone?: string;
    @FromCall('{{ tenant }}') @IsString() @Length(1, 20) tenant!: string;
  }

  it('puts the template beside the schema, and lets an optional one be empty', () => {
    const { parameters, staticArguments, optionalStatic } = describeArguments(WithCaller);
    expect(staticArguments).toEqual({ phone: '{{ customer.number }}', tenant: '{{ tenant }}' });
    expect(optionalStatic).toEqual(['phone']);
    expect(parameters['required']).toEqual(['region', 'tenant']);
    expect(parameters['properties']).toMatchObject({
      phone: { anyOf: [{ type: 'string' }, { type: 'string', maxLength: 0 }] },
      tenant: { type: 'string', minLength: 1, maxLength: 20 },
    });
  });

  it('is for texts of the arguments themselves', () => {
    expect(() => argumentsSchema(withProperty(FromCall('1'), IsInt()))).toThrow(/Dto\.it: @FromCall fills in text/);
    class Outer {
      @ValidateNested() @Type(() => WithCaller) inner!: WithCaller;
    }
    expect(() => argumentsSchema(Outer)).toThrow(/WithCaller\.phone: @FromCall belongs to the class of the arguments/);
  });
});

import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import { Describe } from '../describe.decorator.js';
import { NoArguments } from '../no-arguments.js';
import { argumentsSchema, InexpressibleArgumentsError } from './arguments-schema.js';

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

class Untyped {
  @ValidateNested() anything!: object;
}

class Plain {
  field = 1;
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
    ['no class', undefined, /give `arguments: TheDto`, or NoArguments/],
    ['a class without decorators', Plain, /Plain has no class-validator decorators/],
    ['a class that contains itself', Tree, /Tree contains itself/],
    ['a nested property of unknown class', Untyped, /anything is nested: say its class with @Type/],
  ])('refuses %s and says what to do', (_case, dto, text) => {
    expect(() => argumentsSchema(dto)).toThrow(InexpressibleArgumentsError);
    expect(() => argumentsSchema(dto)).toThrow(text);
  });
});

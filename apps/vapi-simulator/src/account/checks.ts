import { isJsonObject, type JsonObject, type JsonValue } from '../scenario/json.types.js';
import type { Quirks } from './quirks.js';

/** One place in a body. */
export interface Place {
  /** The path of its parents, with a dot at the end: `function.parameters.`; empty at the top. */
  readonly prefix: string;
  readonly name: string;
  readonly quirks: Quirks;
  /** Takes the messages. */
  readonly problems: string[];
}

/**
 * Looks at one value and gives what is stored of it. Messages are those of NestJS with class-validator, which Vapi
 * answers with: `function.property x should not exist`, `server.timeoutSeconds must not be greater than 300`.
 */
export type Check = (value: unknown, place: Place) => JsonValue;

export interface Fields {
  readonly required?: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
}

/** Reports a problem of this place. */
export function fail(place: Place, message: string): null {
  place.problems.push(`${place.prefix}${place.name} ${message}`);
  return null;
}

/** The place of a property, or of an entry of a list. */
export function inside(place: Place, name: string | number): Place {
  const prefix = place.name === '' ? place.prefix : `${place.prefix}${place.name}.`;
  return { ...place, prefix, name: String(name) };
}

/** Reports a property that nobody knows. */
export function refuseProperty(place: Place, name: string): void {
  place.problems.push(`${inside(place, name).prefix}property ${name} should not exist`);
}

/** A mapping with these properties and no others; null stands for a property that was cleared. */
export function object({ required = {}, optional = {} }: Fields): Check {
  return (value, place) => {
    if (!isJsonObject(value)) return fail(place, 'must be an object');
    const stored: Record<string, JsonValue> = {};
    for (const [name, given] of Object.entries(value)) {
      const check = Object.hasOwn(required, name) ? required[name] : optional[name];
      if (check === undefined || !(Object.hasOwn(required, name) || Object.hasOwn(optional, name))) {
        if (place.quirks.unknownProperties === 'refuse') refuseProperty(place, name);
      } else if (given === null && Object.hasOwn(optional, name)) stored[name] = null;
      else stored[name] = check(given, inside(place, name));
    }
    for (const [name, check] of Object.entries(required)) {
      if (!Object.hasOwn(value, name)) check(undefined, inside(place, name));
    }
    return stored;
  };
}

/** A list whose entries all pass. */
export function list(entry: Check): Check {
  return (value, place) =>
    Array.isArray(value)
      ? value.map((item, index) => entry(item, inside(place, index)))
      : fail(place, 'must be an array');
}

/** A list of texts, of these if any are given. */
export function texts(values?: readonly string[]): Check {
  return (value, place) => {
    if (!Array.isArray(value)) return fail(place, 'must be an array');
    const whole: Place = { ...place, name: `each value in ${place.name}` };
    const stored: string[] = [];
    for (const item of value as readonly unknown[]) {
      if (typeof item !== 'string') return fail(whole, 'must be a string');
      if (values !== undefined && !values.includes(item)) {
        return fail(whole, `must be one of the following values: ${values.join(', ')}`);
      }
      stored.push(item);
    }
    return stored;
  };
}

/** A text, at most so long, of this form. */
export function text({ maxLength, pattern }: { readonly maxLength?: number; readonly pattern?: RegExp } = {}): Check {
  return (value, place) => {
    const isText = typeof value === 'string';
    if (pattern !== undefined && !(isText && pattern.test(value))) {
      fail(place, `must match ${String(pattern)} regular expression`);
    }
    if (maxLength !== undefined && !(isText && value.length <= maxLength)) {
      fail(place, `must be shorter than or equal to ${maxLength} characters`);
    }
    return isText ? value : fail(place, 'must be a string');
  };
}

/** A number within bounds, both included. */
export function number({ min, max }: { readonly min: number; readonly max: number }): Check {
  return (value, place) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      return fail(place, 'must be a number conforming to the specified constraints');
    }
    if (value > max) return fail(place, `must not be greater than ${max}`);
    return value < min ? fail(place, `must not be less than ${min}`) : value;
  };
}

export const flag: Check = (value, place) =>
  typeof value === 'boolean' ? value : fail(place, 'must be a boolean value');

/** One of a few texts. */
export function oneOf(values: readonly string[]): Check {
  return (value, place) =>
    typeof value === 'string' && values.includes(value)
      ? value
      : fail(place, `must be one of the following values: ${values.join(', ')}`);
}

/** Any mapping. */
export const mapping: Check = (value, place) => (isJsonObject(value) ? value : fail(place, 'must be an object'));

/** Anything. */
export const anything: Check = (value) => value as JsonValue;

/** A body after its checks. */
export type Checked =
  { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly problems: readonly string[] };

/** Checks a whole body. */
export function checkBody(body: unknown, check: Check, quirks: Quirks): Checked {
  if (!isJsonObject(body)) return { ok: false, problems: ['the body must be a JSON object'] };
  const problems: string[] = [];
  const value = check(body, { prefix: '', name: '', quirks, problems });
  return isJsonObject(value) && problems.length === 0 ? { ok: true, value } : { ok: false, problems };
}

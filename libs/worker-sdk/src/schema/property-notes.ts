import 'reflect-metadata';

/** What our own decorators say of a property of an arguments DTO. */
export interface PropertyNote {
  readonly description?: string;
  /** Liquid; Vapi fills the property in. */
  readonly template?: string;
}

const NOTES = Symbol.for('interject.worker-sdk.property-notes');

/** The notes on a DTO's properties, those of its base classes included. */
export function propertyNotes(prototype: object): ReadonlyMap<string, PropertyNote> {
  return (Reflect.getMetadata(NOTES, prototype) as ReadonlyMap<string, PropertyNote> | undefined) ?? new Map();
}

/** Adds to what is noted of a property. */
export function noteProperty(prototype: object, property: string | symbol, note: PropertyNote): void {
  const name = String(property);
  const notes = new Map(propertyNotes(prototype));
  notes.set(name, { ...notes.get(name), ...note });
  Reflect.defineMetadata(NOTES, notes, prototype);
}

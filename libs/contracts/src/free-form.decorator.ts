import 'reflect-metadata';

const FREE_FORM = Symbol('interject.free-form');

/**
 * Marks a field whose value is somebody else's JSON: arguments, a backend's answer, a schema. `parse` hands it over as it
 * came. Without it class-transformer would walk through it, throw at a key `constructor` and lose one named `toString`.
 */
export function FreeForm(): PropertyDecorator {
  return (prototype, field) => {
    Reflect.defineMetadata(FREE_FORM, [...freeFormFields(prototype), String(field)], prototype);
  };
}

/** Names of the free-form fields of a contract. */
export function freeFormFields(prototype: object): readonly string[] {
  return (Reflect.getMetadata(FREE_FORM, prototype) as readonly string[] | undefined) ?? [];
}

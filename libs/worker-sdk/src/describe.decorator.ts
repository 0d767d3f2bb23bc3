import { noteProperty } from './schema/property-notes.js';

/**
 * Describes an argument to the model: the text becomes the `description` of the property in the tool's JSON Schema.
 *
 * @example
 * \@Describe('ISO date, e.g. 2026-05-04') \@IsISO8601() day!: string;
 */
export function Describe(text: string): PropertyDecorator {
  return (prototype, property) => {
    noteProperty(prototype, property, { description: text });
  };
}

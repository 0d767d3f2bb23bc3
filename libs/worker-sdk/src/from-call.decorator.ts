import { noteProperty } from './schema/property-notes.js';

/**
 * An argument that Vapi fills in and the model neither sees nor changes (VAPI.md 1.2): the caller's number, a variable of
 * the assistant, a fixed text. It reaches the handler among the other arguments, checked by its other decorators. What a
 * call has no value for comes as an empty text: an \@IsOptional() property is then left out.
 *
 * @param template Liquid, e.g. `{{ customer.number }}`, `{{ tenant }}`, or plain text; at most 500 characters
 * @example
 * \@FromCall('{{ customer.number }}') \@IsOptional() \@IsString() phone?: string;
 */
export function FromCall(template: string): PropertyDecorator {
  return (prototype, property) => {
    noteProperty(prototype, property, { template });
  };
}

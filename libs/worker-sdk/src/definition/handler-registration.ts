import { isContractError, parse } from '@interject/contracts';
import { NoArguments } from '../no-arguments.js';
import { argumentsSchema } from '../schema/arguments-schema.js';
import type { ToolRegistration, ValidatedArguments } from '../tool-source.types.js';
import type { ArgumentsClass, Tool, ToolHandlerOptions } from '../tool.types.js';
import { DEFAULT_CONCURRENCY, ownDefinition } from './own-definition.js';

function validator(dto: ArgumentsClass): (args: Record<string, unknown>) => ValidatedArguments {
  if ((dto as unknown) === NoArguments) return () => ({ valid: true, args: new NoArguments() });
  return (args) => {
    try {
      return { valid: true, args: parse(dto, args) };
    } catch (error) {
      if (isContractError(error)) return { valid: false, problems: error.problems };
      throw error;
    }
  };
}

/**
 * Makes a tool of a `@ToolHandler` instance.
 *
 * @param origin the class's name
 * @throws InexpressibleArgumentsError when its DTO gives no JSON Schema
 */
export function handlerRegistration(options: ToolHandlerOptions, handler: Tool, origin: string): ToolRegistration {
  return {
    definition: ownDefinition(options, argumentsSchema(options.arguments)),
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    origin,
    validate: validator(options.arguments),
    run: (args, call) => handler.run(args, call),
    ...(handler.say && { say: (result: unknown, args: object) => handler.say?.(result, args) }),
    ...(handler.sayFailure && { sayFailure: (failure) => handler.sayFailure?.(failure) }),
  };
}

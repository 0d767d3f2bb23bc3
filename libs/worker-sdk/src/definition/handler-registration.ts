import { isContractError, parse } from '@interject/contracts';
import { NoArguments } from '../no-arguments.js';
import { describeArguments } from '../schema/arguments-schema.js';
import type { ToolRegistration, ValidatedArguments } from '../tool-source.types.js';
import type { ArgumentsClass, Tool, ToolHandlerOptions } from '../tool.types.js';
import { DEFAULT_CONCURRENCY, ownDefinition } from './own-definition.js';

/** @param optionalStatic arguments that Vapi fills in with an empty text when the call has no value for them */
function validator(
  dto: ArgumentsClass,
  optionalStatic: readonly string[],
): (args: Record<string, unknown>) => ValidatedArguments {
  if ((dto as unknown) === NoArguments) return () => ({ valid: true, args: new NoArguments() });
  const isMissing = ([name, value]: readonly [string, unknown]): boolean =>
    value === '' && optionalStatic.includes(name);
  return (args) => {
    try {
      const given = Object.entries(args).filter((entry) => !isMissing(entry));
      return { valid: true, args: parse(dto, Object.fromEntries(given)) };
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
  const { parameters, staticArguments, optionalStatic } = describeArguments(options.arguments);
  const { concurrencyPerCall, rateLimit } = options;
  return {
    definition: ownDefinition({ ...options, staticArguments }, parameters),
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    ...(concurrencyPerCall !== undefined && { concurrencyPerCall }),
    ...(rateLimit !== undefined && { rateLimit }),
    origin,
    validate: validator(options.arguments, optionalStatic),
    run: (args, call) => handler.run(args, call),
    ...(handler.say && { say: (result: unknown, args: object) => handler.say?.(result, args) }),
    ...(handler.sayFailure && { sayFailure: (failure) => handler.sayFailure?.(failure) }),
  };
}

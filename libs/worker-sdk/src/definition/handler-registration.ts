import { isContractError, parse, TOOL_DEFAULTS } from '@interject/contracts';
import { NoArguments } from '../no-arguments.js';
import { argumentsSchema } from '../schema/arguments-schema.js';
import type { OwnToolDefinition, ToolRegistration, ValidatedArguments } from '../tool-source.types.js';
import type { ArgumentsClass, Tool, ToolHandlerOptions } from '../tool.types.js';

/** Jobs of a tool that one replica runs at a time, unless its handler says otherwise. */
export const DEFAULT_CONCURRENCY = 100;

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

function ownDefinition(options: ToolHandlerOptions): OwnToolDefinition {
  return {
    name: options.name,
    description: options.description,
    parameters: argumentsSchema(options.arguments),
    graceMs: options.graceMs ?? TOOL_DEFAULTS.graceMs,
    timeoutMs: options.timeoutMs ?? TOOL_DEFAULTS.timeoutMs,
    retry: {
      attempts: options.retry?.attempts ?? TOOL_DEFAULTS.retry.attempts,
      backoffMs: options.retry?.backoffMs ?? TOOL_DEFAULTS.retry.backoffMs,
    },
    queueExpiryMs: options.queueExpiryMs ?? TOOL_DEFAULTS.queueExpiryMs,
    onCallEnded: options.onCallEnded ?? TOOL_DEFAULTS.onCallEnded,
    ...(options.speech && { speech: options.speech }),
    ...(options.sayOnFailure !== undefined && { sayOnFailure: options.sayOnFailure }),
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
    definition: ownDefinition(options),
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    origin,
    validate: validator(options.arguments),
    run: (args, call) => handler.run(args, call),
    ...(handler.say && { say: (result: unknown, args: object) => handler.say?.(result, args) }),
    ...(handler.sayFailure && { sayFailure: (failure) => handler.sayFailure?.(failure) }),
  };
}

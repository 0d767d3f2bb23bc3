import { handlerRegistration } from '../definition/handler-registration.js';
import { isInexpressibleArgumentsError } from '../schema/inexpressible-arguments.errors.js';
import { TOOL_HANDLER_METADATA } from '../tool-handler.decorator.js';
import type { ToolRegistration } from '../tool-source.types.js';
import type { Tool, ToolHandlerOptions } from '../tool.types.js';
import { WorkerStartError } from '../worker-start.errors.js';

/**
 * What a worker makes of an instance of a `@ToolHandler` class.
 *
 * @throws WorkerStartError as the worker would at its start
 */
export function registrationOf(handler: Tool<never>): ToolRegistration {
  const target = handler.constructor;
  const options = Reflect.getMetadata(TOOL_HANDLER_METADATA, target) as ToolHandlerOptions | undefined;
  if (options === undefined) throw new WorkerStartError([`${target.name} has no @ToolHandler`]);
  try {
    return handlerRegistration(options, handler, target.name);
  } catch (error) {
    if (!isInexpressibleArgumentsError(error)) throw error;
    const problems = error.problems.map((problem) => `${target.name} (tool "${options.name}"): ${problem}`);
    throw new WorkerStartError(problems, { cause: error });
  }
}

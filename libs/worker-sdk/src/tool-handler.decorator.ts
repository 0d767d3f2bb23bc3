import { SetMetadata } from '@nestjs/common';
import type { Tool, ToolHandlerOptions } from './tool.types.js';

/** Read by {@link ToolMetadataAccessor} alone. */
export const TOOL_HANDLER_METADATA = Symbol.for('interject.worker-sdk.tool-handler');

/** A class whose instances are tools for the arguments `A`. */
type ToolClass<A extends object> = abstract new (...args: never[]) => Tool<A>;

/**
 * Makes an ordinary Nest provider the handler of a tool. The class implements {@link Tool}; list it in `providers`.
 *
 * @example
 * \@ToolHandler({ name: 'build_report', description: 'Builds the sales report of a region.', arguments: ReportArguments })
 * export class BuildReport implements Tool<ReportArguments, Report> { ... }
 */
export function ToolHandler<A extends object>(
  options: ToolHandlerOptions<A>,
): <C extends ToolClass<A>>(target: C) => void {
  return SetMetadata(TOOL_HANDLER_METADATA, options);
}

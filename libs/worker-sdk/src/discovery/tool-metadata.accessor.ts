import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { PROVIDES_TOOLS_METADATA } from '../provides-tools.decorator.js';
import { TOOL_HANDLER_METADATA } from '../tool-handler.decorator.js';
import type { ToolHandlerOptions } from '../tool.types.js';

/** The only reader of what the decorators wrote. */
@Injectable()
export class ToolMetadataAccessor {
  constructor(private readonly reflector: Reflector) {}

  /** The options given to `@ToolHandler`, if the class has it. */
  handlerOptions(target: unknown): ToolHandlerOptions | undefined {
    return this.read<ToolHandlerOptions>(TOOL_HANDLER_METADATA, target);
  }

  /** True for a class with `@ProvidesTools`. */
  providesTools(target: unknown): boolean {
    return this.read<boolean>(PROVIDES_TOOLS_METADATA, target) === true;
  }

  private read<T>(key: symbol, target: unknown): T | undefined {
    return typeof target === 'function' ? this.reflector.get<T | undefined>(key, target as () => unknown) : undefined;
  }
}

import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { CALL_EVENT_HANDLER_METADATA } from '../call-events/call-event-handler.decorator.js';
import type { CallEventHandlerOptions } from '../call-events/call-event.types.js';
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

  /** The options given to `@CallEventHandler`, if the class has it. */
  callEventOptions(target: unknown): CallEventHandlerOptions | undefined {
    return this.read<CallEventHandlerOptions>(CALL_EVENT_HANDLER_METADATA, target);
  }

  private read<T>(key: symbol, target: unknown): T | undefined {
    return typeof target === 'function' ? this.reflector.get<T | undefined>(key, target as () => unknown) : undefined;
  }
}

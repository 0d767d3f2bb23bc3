import { Controller, Get, Inject, UseGuards } from '@nestjs/common';
import { ToolRegistry } from '../registry/tool-registry.service.js';
import type { ToolState } from '../registry/tool-state.types.js';
import { ApiKeyGuard } from './api-key.guard.js';

/** Shows the tools that workers have registered, who runs them, and who is at odds over them. */
@Controller('tools')
@UseGuards(ApiKeyGuard)
export class ToolsController {
  constructor(@Inject(ToolRegistry) private readonly registry: ToolRegistry) {}

  @Get()
  list(): { tools: readonly ToolState[] } {
    return { tools: this.registry.states() };
  }
}

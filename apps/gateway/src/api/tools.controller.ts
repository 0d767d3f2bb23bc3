import { Controller, Get, Inject, UseGuards } from '@nestjs/common';
import type { ToolDefinition } from '@interject/contracts';
import { ToolRegistry } from '../registry/tool-registry.service.js';
import { ApiKeyGuard } from './api-key.guard.js';

/** Shows the tools that workers have registered. */
@Controller('tools')
@UseGuards(ApiKeyGuard)
export class ToolsController {
  constructor(@Inject(ToolRegistry) private readonly registry: ToolRegistry) {}

  @Get()
  list(): { tools: readonly ToolDefinition[] } {
    return { tools: this.registry.definitions() };
  }
}

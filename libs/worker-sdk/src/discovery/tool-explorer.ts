import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { handlerRegistration } from '../definition/handler-registration.js';
import { isInexpressibleArgumentsError } from '../schema/inexpressible-arguments.errors.js';
import type { ToolRegistration, ToolSource } from '../tool-source.types.js';
import type { Tool, ToolHandlerOptions } from '../tool.types.js';
import { decoratedProviders } from './decorated-providers.js';
import { ToolMetadataAccessor } from './tool-metadata.accessor.js';

/** What was found, and what is wrong with it. */
export interface Exploration {
  readonly registrations: readonly ToolRegistration[];
  readonly problems: readonly string[];
}

/** Finds the tools among the app's providers. Starts nothing. */
@Injectable()
export class ToolExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly metadata: ToolMetadataAccessor,
  ) {}

  explore(): Exploration {
    const handlers = decoratedProviders(this.discovery, (target) => this.metadata.handlerOptions(target));
    const sources = decoratedProviders(this.discovery, (target) => this.metadata.providesTools(target) || undefined);
    const explored = [
      ...handlers.found.map(({ instance, options, name }) => fromHandler(instance, options, name)),
      ...sources.found.map(({ instance, name }) => fromSource(instance, name)),
    ];
    return {
      registrations: explored.flatMap(({ registrations }) => registrations),
      problems: [...handlers.problems, ...sources.problems, ...explored.flatMap(({ problems }) => problems)],
    };
  }
}

function fromHandler(instance: unknown, options: ToolHandlerOptions, name: string): Exploration {
  if (typeof (instance as Partial<Tool>).run !== 'function') {
    return fault(`${name} has @ToolHandler but no run(args, call) method: implement Tool`);
  }
  try {
    return { registrations: [handlerRegistration(options, instance as Tool, name)], problems: [] };
  } catch (error) {
    if (!isInexpressibleArgumentsError(error)) throw error;
    const problems = error.problems.map((problem) => `${name} (tool "${options.name}"): ${problem}`);
    return { registrations: [], problems };
  }
}

function fromSource(instance: unknown, name: string): Exploration {
  if (typeof (instance as Partial<ToolSource>).tools !== 'function') {
    return fault(`${name} has @ProvidesTools but no tools() method: implement ToolSource`);
  }
  const registrations = (instance as ToolSource).tools();
  return registrations.length === 0
    ? fault(`${name} gives no tools: its tools() is empty`)
    : { registrations, problems: [] };
}

function fault(problem: string): Exploration {
  return { registrations: [], problems: [problem] };
}

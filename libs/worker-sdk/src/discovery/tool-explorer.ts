import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { handlerRegistration } from '../definition/handler-registration.js';
import { InexpressibleArgumentsError } from '../schema/arguments-schema.js';
import type { ToolRegistration, ToolSource } from '../tool-source.types.js';
import type { Tool, ToolHandlerOptions } from '../tool.types.js';
import { ToolMetadataAccessor } from './tool-metadata.accessor.js';

type Provider = ReturnType<DiscoveryService['getProviders']>[number];

/** What was found, and what is wrong with it. */
export interface Exploration {
  readonly registrations: readonly ToolRegistration[];
  readonly problems: readonly string[];
}

const NO_TOOLS =
  'no tool was found: decorate a class with @ToolHandler and list it in the providers of a module the app imports';

function missingInstance(provider: Provider, name: string): string | undefined {
  if (!provider.isDependencyTreeStatic()) {
    return `${name} is request-scoped, or depends on something that is: a handler must be a singleton`;
  }
  return provider.instance === undefined || provider.instance === null
    ? `${name} was not instantiated: provide it with useClass, or list the class itself`
    : undefined;
}

/** Finds the tools among the app's providers. Starts nothing. */
@Injectable()
export class ToolExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly metadata: ToolMetadataAccessor,
  ) {}

  explore(): Exploration {
    const registrations: ToolRegistration[] = [];
    const problems: string[] = [];
    const seen = new Set<unknown>();
    for (const provider of this.discovery.getProviders()) {
      const target = provider.metatype;
      const options = this.metadata.handlerOptions(target);
      if (options === undefined && !this.metadata.providesTools(target)) continue;
      const name = (target as { readonly name: string }).name;
      const missing = missingInstance(provider, name);
      if (missing !== undefined) problems.push(missing);
      // An alias of the same instance, or one exported through several modules.
      else if (!seen.has(provider.instance)) {
        seen.add(provider.instance);
        const found =
          options === undefined ? fromSource(provider.instance, name) : fromHandler(provider.instance, options, name);
        registrations.push(...found.registrations);
        problems.push(...found.problems);
      }
    }
    if (registrations.length === 0 && problems.length === 0) problems.push(NO_TOOLS);
    return { registrations, problems };
  }
}

function fromHandler(instance: unknown, options: ToolHandlerOptions, name: string): Exploration {
  if (typeof (instance as Partial<Tool>).run !== 'function') {
    return fault(`${name} has @ToolHandler but no run(args, call) method: implement Tool`);
  }
  try {
    return { registrations: [handlerRegistration(options, instance as Tool, name)], problems: [] };
  } catch (error) {
    if (!(error instanceof InexpressibleArgumentsError)) throw error;
    return fault(`${name} (tool "${options.name}"): ${error.message}`);
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

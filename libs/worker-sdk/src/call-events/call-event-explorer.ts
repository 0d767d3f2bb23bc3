import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { decoratedProviders } from '../discovery/decorated-providers.js';
import { ToolMetadataAccessor } from '../discovery/tool-metadata.accessor.js';
import { compileCallEvent, duplicateEvents } from './call-event-registration.js';
import type { CallEventRegistration } from './call-event-registration.js';

/** What was found, and what is wrong with it. */
export interface CallEventExploration {
  readonly registrations: readonly CallEventRegistration[];
  readonly problems: readonly string[];
}

/** Finds the handlers of call events among the app's providers. Starts nothing. */
@Injectable()
export class CallEventExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly metadata: ToolMetadataAccessor,
  ) {}

  explore(): CallEventExploration {
    const { found, problems } = decoratedProviders(this.discovery, (target) => this.metadata.callEventOptions(target));
    const compiled = found.map(({ options, instance, name }) => compileCallEvent(options, instance, name));
    const registrations = compiled.flatMap(({ registration }) => (registration === undefined ? [] : [registration]));
    const faults = compiled.flatMap((one) => one.problems);
    return { registrations, problems: [...problems, ...faults, ...duplicateEvents(registrations)] };
  }
}

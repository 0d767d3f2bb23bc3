import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { callbackProblems } from './callbacks/callback-options.js';
import { CallEventExplorer } from './call-events/call-event-explorer.js';
import { CallEventRegistrar } from './call-events/call-event-registrar.js';
import { compileTools } from './definition/compile-tools.js';
import { ToolExplorer } from './discovery/tool-explorer.js';
import { ToolRegistrar } from './discovery/tool-registrar.js';
import { WorkerPresence } from './registration/worker-presence.js';
import type { CompiledTool } from './tool-source.types.js';
import { WORKER_OPTIONS } from './worker.constants.js';
import { WorkerStartError } from './worker-start.errors.js';
import type { WorkerOptions } from './worker.types.js';

const NO_HANDLERS =
  'no handler was found: decorate a class with @ToolHandler or @CallEventHandler and list it in the providers of a module ' +
  'the app imports';

/** Starts and stops what the explorers found, or refuses to start with all that is wrong with it. */
@Injectable()
export class WorkerRegistrar implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private compiled: readonly CompiledTool[] = [];

  constructor(
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
    @Inject(ToolExplorer) private readonly toolExplorer: ToolExplorer,
    @Inject(ToolRegistrar) private readonly tools: ToolRegistrar,
    @Inject(WorkerPresence) private readonly presence: WorkerPresence,
    @Inject(CallEventExplorer) private readonly callEventExplorer: CallEventExplorer,
    @Inject(CallEventRegistrar) private readonly callEvents: CallEventRegistrar,
  ) {}

  /** @throws WorkerStartError with all that is wrong with the handlers */
  onModuleInit(): void {
    const found = this.toolExplorer.explore();
    const compiled = compileTools(found.registrations, this.options.service);
    const events = this.callEventExplorer.explore();
    const callbacks = callbackProblems(this.options.callbacks);
    const problems = [...found.problems, ...compiled.problems, ...events.problems, ...callbacks];
    if (problems.length === 0 && compiled.tools.length === 0 && events.registrations.length === 0) {
      problems.push(NO_HANDLERS);
    }
    if (problems.length > 0) throw new WorkerStartError(problems);
    this.compiled = compiled.tools;
    this.tools.addHandlers(compiled.tools);
    this.callEvents.addHandlers(events.registrations);
  }

  onApplicationBootstrap(): void {
    this.presence.start(this.compiled);
    this.tools.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.presence.stop(), this.tools.stop()]);
  }
}

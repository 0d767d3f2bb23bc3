import { Clock, Log } from '@interject/observability';
import { ProvidesTools } from '@interject/worker-sdk';
import type { ToolRegistration, ToolSource } from '@interject/worker-sdk';
import { HttpBackend } from './backend/http-backend.js';
import type { HttpTool } from './file/http-tool.js';
import { HttpWorkerConfig } from './http-worker.config.js';
import { HttpToolRun } from './run/http-tool-run.js';

/** Gives the tools of the file to the worker runtime. */
@ProvidesTools()
export class HttpToolsSource implements ToolSource {
  constructor(
    private readonly config: HttpWorkerConfig,
    private readonly backend: HttpBackend,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  tools(): readonly ToolRegistration[] {
    return this.config.tools.map((tool) => this.registration(tool));
  }

  private registration(tool: HttpTool): ToolRegistration {
    const { definition, say, limits, validate } = tool;
    const run = new HttpToolRun(tool, this.backend, this.clock, this.log);
    return {
      definition,
      ...limits,
      origin: this.config.file,
      validate: (args) => {
        const problems = validate(args);
        return problems.length === 0 ? { valid: true, args } : { valid: false, problems };
      },
      run: (args, call) => run.attempt(args, call),
      ...(say && {
        say: (result: unknown, args: object) => say.render({ result, arguments: args }),
      }),
    };
  }
}

import { Clock, Log } from '@interject/observability';
import { ProvidesTools } from '@interject/worker-sdk';
import type { ToolCallContext, ToolRegistration, ToolSource } from '@interject/worker-sdk';
import { resultOfAnswer } from './backend/answer.js';
import { buildRequest } from './backend/build-request.js';
import { HttpBackend } from './backend/http-backend.js';
import type { HttpTool } from './file/http-tool.js';
import { HttpWorkerConfig } from './http-worker.config.js';

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
    const { say } = tool;
    return {
      definition: tool.definition,
      concurrency: tool.concurrency,
      origin: this.config.file,
      validate: (args) => {
        const problems = tool.validate(args);
        return problems.length === 0 ? { valid: true, args } : { valid: false, problems };
      },
      run: (args, call) => this.run(tool, args, call),
      ...(say && {
        say: (result: unknown, args: object) => say.render({ result, arguments: args }),
      }),
    };
  }

  private async run(tool: HttpTool, args: object, call: ToolCallContext): Promise<unknown> {
    const request = buildRequest(tool.request, { args, idempotencyKey: call.idempotencyKey });
    const answer = await this.backend.send(request, call.signal);
    if (this.log.isEnabled('debug')) call.log.debug('backend answered', { status: answer.status });
    return resultOfAnswer(answer, this.clock.now());
  }
}

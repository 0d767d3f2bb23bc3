import { CALLBACK_SECRET_LENGTH } from '@interject/contracts';
import { environment, Env, IsPublicUrl } from '@interject/runtime';
import type { CrossChecked } from '@interject/runtime';
import type { CallbackOptions } from '@interject/worker-sdk';
import { IsOptional, IsString, Length } from 'class-validator';
import { describeProblem } from './file/file-problem.js';
import type { FileProblem } from './file/file-problem.js';
import type { HttpTool } from './file/http-tool.js';
import { readToolsFile } from './file/tools-file.js';
import type { ToolsFile } from './file/tools-file.js';

/** Which tools this worker runs. The file is read at the start, and its faults are faults of the configuration. */
export class HttpWorkerConfig implements CrossChecked {
  /** The file that describes the tools, see `tools.example.yaml`. */
  @Env('HTTP_TOOLS_FILE')
  @IsString()
  @Length(1, 4096, {
    message: 'must name the YAML file that describes the tools, see apps/http-worker/tools.example.yaml',
  })
  readonly file: string = '';

  /** Where backends reach the gateway, for those that call back. */
  @Env('GATEWAY_PUBLIC_URL', { type: 'string' })
  @IsOptional()
  @IsPublicUrl()
  readonly publicUrl?: string;

  /** Signs the URLs they call; the same at the gateways. */
  @Env('CALLBACK_SECRET', { secret: true, type: 'string' })
  @IsOptional()
  @Length(CALLBACK_SECRET_LENGTH.min, CALLBACK_SECRET_LENGTH.max, {
    message: 'must have at least 16 characters, the same as at the gateways',
  })
  readonly callbackSecret?: string;

  #read: ToolsFile | undefined;

  /** The tools of the file; none while it has faults. */
  get tools(): readonly HttpTool[] {
    return this.#content.tools;
  }

  /** Undefined unless both variables are set. */
  get callbacks(): CallbackOptions | undefined {
    const { publicUrl, callbackSecret: secret } = this;
    if (publicUrl === undefined || secret === undefined) return undefined;
    return { publicUrl: publicUrl.replace(/\/+$/, ''), secret };
  }

  problems(): readonly string[] {
    if (this.file === '') return [];
    const { problems } = this.#content;
    return [...problems, ...this.callbackProblems()].map((problem) => `HTTP_TOOLS_FILE ${describeProblem(problem)}`);
  }

  private callbackProblems(): FileProblem[] {
    const variables = { GATEWAY_PUBLIC_URL: this.publicUrl, CALLBACK_SECRET: this.callbackSecret };
    const missing = Object.entries(variables).filter(([, value]) => value === undefined);
    if (missing.length === 0) return [];
    const names = missing.map(([name]) => name).join(' and ');
    const problem = `needs ${names}, which ${missing.length === 1 ? 'is' : 'are'} not set: backends could not call back`;
    return this.#content.callingBack.map((tool) => ({ tool, field: 'callback', problem }));
  }

  get #content(): ToolsFile {
    this.#read ??= readToolsFile(this.file, environment());
    return this.#read;
  }
}

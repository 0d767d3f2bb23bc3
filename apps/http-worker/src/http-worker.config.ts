import { environment, Env } from '@interject/runtime';
import type { CrossChecked } from '@interject/runtime';
import { IsString, Length } from 'class-validator';
import { describeProblem } from './file/file-problem.js';
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

  #read: ToolsFile | undefined;

  /** The tools of the file; none while it has faults. */
  get tools(): readonly HttpTool[] {
    return this.#content.tools;
  }

  problems(): readonly string[] {
    if (this.file === '') return [];
    return this.#content.problems.map((problem) => `HTTP_TOOLS_FILE ${describeProblem(problem)}`);
  }

  get #content(): ToolsFile {
    this.#read ??= readToolsFile(this.file, environment());
    return this.#read;
  }
}

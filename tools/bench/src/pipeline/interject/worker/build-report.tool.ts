import { ToolHandler } from '@interject/worker-sdk';
import type { Tool } from '@interject/worker-sdk';
import { BENCH_TOOL, sentenceOf } from '../../system.types.js';
import { ReportArguments } from './report.arguments.js';

export interface Report {
  readonly region: string;
}

/** Answers at once: what is measured is the way, not the job. */
@ToolHandler({
  name: BENCH_TOOL,
  description: 'Builds the sales report of a district.',
  arguments: ReportArguments,
  // The sink never speaks. By default each call would get a second, silent message when nobody knows what was heard.
  speech: { onUnconfirmed: 'drop' },
})
export class BuildReport implements Tool<ReportArguments, Report> {
  run({ region }: ReportArguments): Report {
    return { region };
  }

  say({ region }: Report): string {
    return sentenceOf(region);
  }
}

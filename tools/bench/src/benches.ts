import { memoryBench } from './pipeline/memory/memory-bench.js';
import { pipelineBench } from './pipeline/pipeline-bench.js';
import { speechBench } from './speech/speech-bench.js';

export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** One line for each option. */
  readonly usage: readonly string[];
  /**
   * @param print takes one line of the report
   * @returns the exit code
   * @throws UsageError if the arguments are not understood
   */
  readonly run: (args: readonly string[], print: (line: string) => void) => Promise<number>;
}

/** All of them, in the order in which they run. */
export const benches: readonly Bench[] = [speechBench, pipelineBench, memoryBench];

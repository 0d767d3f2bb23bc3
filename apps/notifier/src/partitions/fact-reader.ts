import { isContractError } from '@interject/contracts';
import type { StreamName } from '@interject/contracts';
import { factOf } from './fact-parser.js';
import type { FactMessage } from './fact-parser.js';
import type { PartitionTools } from './partition-tools.types.js';

/** Reads the facts of one partition; what cannot be read is counted and passed over. */
export class FactReader {
  constructor(
    private readonly partition: number,
    private readonly tools: Pick<PartitionTools, 'partitions' | 'metrics' | 'log'>,
  ) {}

  /** @returns undefined for what is no fact, or none that can be read */
  read(stream: StreamName, message: FactMessage & { readonly sequence: number }): ReturnType<typeof factOf> {
    try {
      return factOf(stream, message, this.partition, this.tools.partitions);
    } catch (error) {
      // It can never be read: the next one counts. The streams keep it for whoever looks.
      if (!isContractError(error) && !(error instanceof RangeError)) throw error;
      this.refuse(stream, message.sequence, error);
      return undefined;
    }
  }

  refuse(stream: StreamName, sequence: number, error: unknown): void {
    this.tools.metrics.factsRefused.inc({ stream });
    this.tools.log.warn('a message was refused', { stream, sequence, partition: this.partition, error });
  }
}

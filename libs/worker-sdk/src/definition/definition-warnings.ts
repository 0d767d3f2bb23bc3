import { soundsLikeSuccess } from '@interject/contracts';
import type { ToolDefinition } from '@interject/contracts';

/** What may be meant as it is, but is a mistake more often: for the log at the start. */
export function definitionWarnings({ sayOnStart }: Pick<ToolDefinition, 'sayOnStart'>): string[] {
  // Guessed from English words, so it refuses nothing.
  return sayOnStart !== undefined && soundsLikeSuccess(sayOnStart) !== undefined
    ? ['sayOnStart sounds like success, but it is said before anything has happened: word it as a beginning']
    : [];
}

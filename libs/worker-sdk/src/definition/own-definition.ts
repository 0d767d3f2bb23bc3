import { FILLER_DEFAULTS, TOOL_DEFAULTS } from '@interject/contracts';
import type { Fillers } from '@interject/contracts';
import type { OwnToolDefinition } from '../tool-source.types.js';
import type { FillerOptions, ToolHandlerOptions } from '../tool.types.js';

/** Jobs of a tool that one replica runs at a time, unless its handler says otherwise. */
export const DEFAULT_CONCURRENCY = 100;

/** What the author of a tool may say of it, whether in a decorator or in a file. */
export type ToolWishes = Omit<ToolHandlerOptions, 'arguments' | 'concurrency'>;

/**
 * The definition of a tool with every default filled in: the same for handlers and for tools made at run time.
 *
 * @param parameters JSON Schema of the arguments
 */
export function ownDefinition(options: ToolWishes, parameters: Record<string, unknown>): OwnToolDefinition {
  return {
    name: options.name,
    description: options.description,
    parameters,
    graceMs: options.graceMs ?? TOOL_DEFAULTS.graceMs,
    timeoutMs: options.timeoutMs ?? TOOL_DEFAULTS.timeoutMs,
    retry: {
      attempts: options.retry?.attempts ?? TOOL_DEFAULTS.retry.attempts,
      backoffMs: options.retry?.backoffMs ?? TOOL_DEFAULTS.retry.backoffMs,
    },
    queueExpiryMs: options.queueExpiryMs ?? TOOL_DEFAULTS.queueExpiryMs,
    onCallEnded: options.onCallEnded ?? TOOL_DEFAULTS.onCallEnded,
    ...(options.speech && { speech: options.speech }),
    ...(options.sayOnFailure !== undefined && { sayOnFailure: options.sayOnFailure }),
    ...(options.fillers && { fillers: fillersOf(options.fillers) }),
  };
}

/** What does not fit is left as it is: the check of the definition names it. */
function fillersOf(options: FillerOptions): Fillers {
  const { texts, onSilenceLimit, onDurationLimit } = options;
  return {
    texts: texts as string[],
    afterMs: options.afterMs ?? FILLER_DEFAULTS.afterMs,
    everyMs: options.everyMs ?? FILLER_DEFAULTS.everyMs,
    max: options.max ?? FILLER_DEFAULTS.max,
    ...(onSilenceLimit !== undefined && { onSilenceLimit }),
    ...(onDurationLimit !== undefined && { onDurationLimit }),
  };
}

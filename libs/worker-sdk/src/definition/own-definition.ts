import { DUPLICATE_DEFAULTS, FILLER_DEFAULTS, TOOL_DEFAULTS } from '@interject/contracts';
import type { DuplicatePolicy, Fillers } from '@interject/contracts';
import type { OwnToolDefinition } from '../tool-source.types.js';
import type { DuplicateOptions, FillerOptions, ToolHandlerOptions } from '../tool.types.js';

/** Jobs of a tool that one replica runs at a time, unless its handler says otherwise. */
export const DEFAULT_CONCURRENCY = 100;

/** What the author of a tool may say of it, whether in a decorator or in a file. */
export interface ToolWishes extends Omit<
  ToolHandlerOptions,
  'arguments' | 'concurrency' | 'concurrencyPerCall' | 'rateLimit'
> {
  /** Arguments that Vapi fills in and the model never sees, as Liquid by name; a DTO says it with `@FromCall`. */
  readonly staticArguments?: Readonly<Record<string, string>>;
}

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
    graceMs: options.graceMs ?? defaultGraceMs(options),
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
    ...duplicatesOf(options.duplicates),
    ...(options.title !== undefined && { title: options.title }),
    ...(options.mode !== undefined && { mode: options.mode }),
    ...(options.sayOnStart !== undefined && { sayOnStart: options.sayOnStart }),
    ...staticArgumentsOf(options.staticArguments),
  };
}

/** An answer within the webhook is said by Vapi, which does not end the call after it: then there is no window. */
function defaultGraceMs({ speech }: ToolWishes): number {
  return speech?.endCallAfter === true ? 0 : TOOL_DEFAULTS.graceMs;
}

function duplicatesOf(wish: ToolWishes['duplicates']): { readonly duplicates?: DuplicatePolicy } {
  if (wish === undefined || wish === 'allow') return {};
  // Anything but an object is left as it is: the check of the definition names it.
  const options: DuplicateOptions = wish === 'reject' ? {} : wish;
  if (typeof options !== 'object') return { duplicates: options };
  const { by = DUPLICATE_DEFAULTS.by, afterSuccessMs = DUPLICATE_DEFAULTS.afterSuccessMs } = options;
  return { duplicates: { by, afterSuccessMs } };
}

function staticArgumentsOf(templates: ToolWishes['staticArguments']): {
  readonly staticArguments?: Record<string, string>;
} {
  return templates === undefined || Object.keys(templates).length === 0 ? {} : { staticArguments: { ...templates } };
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

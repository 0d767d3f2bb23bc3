import type { FieldProblem, ToolDefinition } from '@interject/contracts';
import type { RateLimit, SpokenText, ToolCallContext, ToolFailure } from './tool.types.js';

/** Arguments of a tool call after the check: what `run` gets, or what is wrong with them. */
export type ValidatedArguments =
  | { readonly valid: true; readonly args: object }
  | { readonly valid: false; readonly problems: readonly FieldProblem[] };

/** What a tool says of itself; the name of the worker and the version are added by the runtime. */
export type OwnToolDefinition = Omit<ToolDefinition, 'worker' | 'version'>;

/** One tool, ready to be run. Decorated classes and tools made at run time both become this. */
export interface ToolRegistration {
  readonly definition: OwnToolDefinition;
  /** How many jobs of this tool one replica runs at a time. */
  readonly concurrency: number;
  /** How many of them may belong to one call, default `DEFAULT_CONCURRENCY_PER_CALL`. */
  readonly concurrencyPerCall?: number;
  /** Starts of the handler over all replicas; none: no limit. */
  readonly rateLimit?: RateLimit;
  /** Where it comes from, for error texts: a class name, a file. */
  readonly origin: string;
  validate(args: Record<string, unknown>): ValidatedArguments;
  /** Does the job: returns the result or a promise of it, or throws. */
  run(args: object, call: ToolCallContext): unknown;
  say?(result: unknown, args: object): string | SpokenText | undefined;
  sayFailure?(failure: ToolFailure): string | SpokenText | undefined;
}

/** Gives tools that are not decorated classes, for example from a file. Mark the provider with `@ProvidesTools()`. */
export interface ToolSource {
  tools(): readonly ToolRegistration[];
}

/** A tool with its definition complete, as the worker runs and registers it. */
export interface CompiledTool extends ToolRegistration {
  readonly definition: ToolDefinition;
}

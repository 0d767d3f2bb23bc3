import { SetMetadata } from '@nestjs/common';
import type { ToolSource } from './tool-source.types.js';

/** Read by {@link ToolMetadataAccessor} alone. */
export const PROVIDES_TOOLS_METADATA = Symbol.for('interject.worker-sdk.provides-tools');

/** Marks a provider that gives tools made at run time; it implements {@link ToolSource}. */
export function ProvidesTools(): <C extends abstract new (...args: never[]) => ToolSource>(target: C) => void {
  return SetMetadata(PROVIDES_TOOLS_METADATA, true);
}

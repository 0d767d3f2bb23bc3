import { idOf, listOf, objectOf, objectsOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';

/** An assistant of the account, as Vapi sends it. */
export interface RemoteAssistant {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Tools that are attached by id, those pinned to a version too. */
  readonly toolIds: readonly string[];
  /** Tools pinned to a version: what is changed later does not reach this assistant (VAPI.md 5). */
  readonly pinnedToolIds: readonly string[];
  /** Tools written into the assistant itself. */
  readonly inlineTools: readonly JsonObject[];
  readonly raw: JsonObject;
}

/** @returns undefined for what has no id */
export function remoteAssistant(raw: JsonObject): RemoteAssistant | undefined {
  const id = idOf(raw['id']);
  if (id === undefined) return undefined;
  const model = objectOf(raw['model']) ?? {};
  const byId = listOf(model['toolIds']).filter((one) => typeof one === 'string');
  const pinned = listOf(model['toolRefs']).flatMap((ref) => {
    const toolId = objectOf(ref)?.['toolId'];
    return typeof toolId === 'string' ? [toolId] : [];
  });
  return {
    id,
    name: typeof raw['name'] === 'string' && raw['name'] !== '' ? raw['name'] : id,
    toolIds: [...new Set([...byId, ...pinned])],
    pinnedToolIds: pinned,
    inlineTools: objectsOf(model['tools']),
    raw,
  };
}

/**
 * What attaches tools to an assistant: the whole `model`, because a PATCH replaces it as a whole (VAPI.md 5). Nothing is
 * detached.
 *
 * @returns undefined when all of them are attached
 */
export function attachmentPatch(assistant: RemoteAssistant, toolIds: readonly string[]): JsonObject | undefined {
  const missing = toolIds.filter((id) => !assistant.toolIds.includes(id));
  const model = objectOf(assistant.raw['model']);
  if (missing.length === 0 || model === undefined) return undefined;
  const before = listOf(model['toolIds']);
  return { model: { ...model, toolIds: [...before, ...missing] } };
}

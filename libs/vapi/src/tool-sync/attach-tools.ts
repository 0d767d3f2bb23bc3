import type { AccountAssistants } from '../rest/vapi-account.types.js';
import { isVapiRestError } from '../rest/vapi-rest.errors.js';
import { attachmentPatch, remoteAssistant } from './assistant.js';

export interface AttachedTool {
  readonly id: string;
  readonly name: string;
}

/** What became of one assistant. */
export type AttachmentOutcome =
  | {
      readonly kind: 'attached';
      readonly assistantId: string;
      readonly name: string;
      readonly tools: readonly string[];
    }
  | { readonly kind: 'failed'; readonly assistantId: string; readonly problem: string };

/** Attaches tools to an assistant that lacks some of them; `tools` of the outcome names what was missing. */
export async function attachTools(
  account: AccountAssistants,
  assistantId: string,
  tools: readonly AttachedTool[],
): Promise<AttachmentOutcome> {
  try {
    const assistant = remoteAssistant(await account.getAssistant(assistantId));
    if (assistant?.raw['model'] === undefined || assistant.raw['model'] === null) {
      return {
        kind: 'failed',
        assistantId,
        problem: 'it has no model to attach tools to: give it one in the dashboard',
      };
    }
    const missing = tools.filter(({ id }) => !assistant.toolIds.includes(id));
    const patch = attachmentPatch(
      assistant,
      missing.map(({ id }) => id),
    );
    if (patch !== undefined) await account.updateAssistant(assistantId, patch);
    return { kind: 'attached', assistantId, name: assistant.name, tools: missing.map(({ name }) => name) };
  } catch (error) {
    if (!isVapiRestError(error)) throw error;
    return { kind: 'failed', assistantId, problem: error.message };
  }
}

import type { RemoteAssistant, ToolPlan } from '@interject/vapi/tools';

/** What an assistant lacks. */
export interface PlannedAttachment {
  readonly id: string;
  readonly name: string;
  /** Names of wanted tools that are not attached, those too that are still to be created. */
  readonly missing: readonly string[];
}

/** What the named assistants lack of the wanted tools. */
export function planAttachments(
  plan: ToolPlan,
  assistants: readonly RemoteAssistant[],
  named: readonly string[],
): readonly PlannedAttachment[] {
  return assistants
    .filter(({ id }) => named.includes(id))
    .map(({ id, name, toolIds }) => ({
      id,
      name,
      missing: plan.tools
        .filter((tool) => tool.action === 'create' || !toolIds.includes(tool.remote.id))
        .map((tool) => tool.name),
    }));
}

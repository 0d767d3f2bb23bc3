import type { AttachmentOutcome, Finding, ToolOutcome } from '@interject/vapi/tools';
import type { PlannedAttachment } from './attachments.js';
import type { VapiSession } from './vapi-session.js';

interface Results {
  readonly attachments?: readonly PlannedAttachment[];
  readonly findings?: readonly Finding[];
  readonly outcomes?: readonly ToolOutcome[];
  readonly attached?: readonly AttachmentOutcome[];
  /** The account is not as it shall be. */
  readonly drift?: boolean;
}

/** The result of a command for programs; docs/guides/vapi-tools.md describes it. Holds no secrets. */
export function resultJson({ source, settings, plan }: VapiSession, results: Results): string {
  const document = {
    source,
    webhookUrl: settings.webhookUrl,
    ...(results.drift !== undefined && { drift: results.drift }),
    tools: plan.tools.map((tool) => ({
      name: tool.name,
      action: tool.action,
      ...(tool.action !== 'create' && { id: tool.remote.id, differences: tool.differences }),
      notes: tool.notes,
    })),
    stale: plan.stale.map(({ id, name }) => ({ id, name })),
    unmanaged: plan.unmanaged,
    ...(results.attachments && { assistants: results.attachments }),
    ...(results.findings && { findings: results.findings }),
    ...(results.outcomes && { outcomes: results.outcomes }),
    ...(results.attached && { attached: results.attached }),
  };
  return JSON.stringify(document, undefined, 2);
}

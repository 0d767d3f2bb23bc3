import type { AttachmentOutcome, Finding, PlannedTool, ToolOutcome, ToolPlan } from '@interject/vapi/tools';
import { inOneLine } from '../printable.js';
import type { PlannedAttachment } from './attachments.js';

const SIGNS = { create: '+', update: '~', adopt: '>', unchanged: '=' } as const satisfies Record<
  PlannedTool['action'],
  string
>;

/** A plan, a line for each tool and one for each field that changes. */
export function planText(
  { tools, stale, unmanaged }: ToolPlan,
  attachments: readonly PlannedAttachment[],
  { prune }: { readonly prune: boolean },
): readonly string[] {
  const width = Math.max(0, ...[...tools, ...stale].map(({ name }) => name.length));
  const row = (sign: string, name: string, text: string): string => `${sign} ${inOneLine(name).padEnd(width)}  ${text}`;
  return [
    ...tools.flatMap((tool) => [
      row(SIGNS[tool.action], tool.name, tool.action === 'create' ? 'create' : `${tool.action}  ${tool.remote.id}`),
      ...tool.notes.map((note) => `    ${note}`),
      ...(tool.action === 'create' ? [] : tool.differences).map(
        ({ field, from, to }) => `    ${field}: ${from} -> ${to}`,
      ),
    ]),
    ...stale.map(({ id, name }) =>
      row(prune ? '-' : '!', name, prune ? `delete  ${id}` : `not wanted any more  ${id}  (--prune deletes it)`),
    ),
    ...attachments.map(({ id, name, missing }) =>
      missing.length === 0
        ? `= assistant ${inOneLine(name)} (${id}) has all of them`
        : `~ assistant ${inOneLine(name)} (${id}): attach ${missing.join(', ')}`,
    ),
    '',
    planSummary(tools, prune ? stale.length : 0, unmanaged),
  ];
}

function planSummary(tools: readonly PlannedTool[], deletions: number, unmanaged: number): string {
  const count = (action: string): string => String(tools.filter((tool) => tool.action === action).length);
  const parts = [
    ...['create', 'update', 'adopt'].map((action) => `${count(action)} to ${action}`),
    ...(deletions > 0 ? [`${String(deletions)} to delete`] : []),
    `${count('unchanged')} unchanged`,
  ];
  const others = unmanaged === 0 ? '' : ` ${plural(unmanaged, 'other function tool')} left alone.`;
  return `${parts.join(', ')}.${others}`;
}

/** Findings, each with what to do. */
export function findingsText(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return ['No findings.'];
  return [
    ...findings.flatMap(({ code, severity, where, problem, fix }) => [
      `${severity} ${code}: ${inOneLine(where)}`,
      `    ${problem}`,
      `    -> ${fix}`,
    ]),
    '',
    `${plural(findings.filter(({ severity }) => severity === 'error').length, 'error')}, ` +
      `${plural(findings.filter(({ severity }) => severity === 'warning').length, 'warning')}.`,
  ];
}

/** What became of a tool. */
export function outcomeText(outcome: ToolOutcome): readonly string[] {
  switch (outcome.kind) {
    case 'unchanged':
      return [];
    case 'created':
    case 'updated':
    case 'adopted': {
      const version = outcome.version === undefined ? '' : ` (version ${outcome.version})`;
      return [
        `${outcome.kind} ${inOneLine(outcome.name)}  ${outcome.id}${version}`,
        ...(outcome.mayBeDraft
          ? ['    the version is the one from before: if it is a draft, publish it in the dashboard']
          : []),
        ...outcome.notKept.map(({ field, from, to }) => `    Vapi did not keep ${field}: it is ${from}, not ${to}`),
      ];
    }
    case 'deleted':
      return [`deleted ${outcome.name}  ${outcome.id}`];
    case 'failed':
      return [`FAILED ${outcome.name}: ${outcome.problem}`];
    case 'not-tried':
      return [`not tried ${outcome.name}: ${outcome.problem}`];
  }
}

/** What became of an assistant. */
export function attachmentText(outcome: AttachmentOutcome): string {
  if (outcome.kind === 'failed') return `FAILED assistant ${outcome.assistantId}: ${outcome.problem}`;
  const { name, assistantId, tools } = outcome;
  return tools.length === 0
    ? `assistant ${inOneLine(name)} (${assistantId}) has all of them`
    : `attached to assistant ${inOneLine(name)} (${assistantId}): ${tools.join(', ')}`;
}

function plural(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

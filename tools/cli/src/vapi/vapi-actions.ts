import { applyPlan, attachTools, hasDrift, lintAccount } from '@interject/vapi/tools';
import type { AttachedTool, AttachmentOutcome, Finding, ToolOutcome } from '@interject/vapi/tools';
import type { CliExitCodes } from '../exit-codes.js';
import { planAttachments } from './attachments.js';
import type { PlannedAttachment } from './attachments.js';
import { resultJson } from './vapi-json.js';
import type { VapiPorts } from './vapi-ports.js';
import { readAssistants, withSession } from './vapi-session.js';
import type { AccountOptions, VapiSession } from './vapi-session.js';
import { attachmentText, findingsText, outcomeText, planText } from './vapi-text.js';

/** `check` and `lint`: warnings decide as errors do. */
export interface StrictOptions extends AccountOptions {
  readonly strict?: boolean;
}
export interface ApplyCommandOptions extends AccountOptions {
  readonly yes?: boolean;
}

/** What a command found out, as its exit code. That something could not be done at all is thrown. */
export type Verdict = typeof CliExitCodes.Done | typeof CliExitCodes.Failed;

/** `tools plan`: what `apply` would do. */
export async function plan(options: AccountOptions, ports: VapiPorts): Promise<Verdict> {
  return withSession<Verdict>(options, ports, async (session) => {
    const attachments = await attachmentsOf(session, options);
    if (options.json === true)
      ports.out(resultJson(session, { attachments, drift: isDrift(session, attachments, options) }));
    else showPlan(session, attachments, options, ports);
    return 0;
  });
}

/** `tools apply`: does it. */
export async function apply(options: ApplyCommandOptions, ports: VapiPorts): Promise<Verdict> {
  return withSession<Verdict>(options, ports, async (session) => {
    const attachments = await attachmentsOf(session, options);
    const isJson = options.json === true;
    if (!isJson) showPlan(session, attachments, options, ports);
    const mayDo = isDrift(session, attachments, options) && (await isWanted(options, ports));
    if (isDrift(session, attachments, options) && !mayDo) {
      ports.error('Nothing was changed.');
      return 1;
    }
    const outcomes = await applyPlan(session.account, session.plan, {
      prune: options.prune === true,
      onOutcome: (outcome) => {
        if (!isJson) for (const line of outcomeText(outcome)) ports.out(line);
      },
    });
    const attached = await attachAll(session, attachments, outcomes);
    if (isJson) ports.out(resultJson(session, { outcomes, attached }));
    else for (const outcome of attached) ports.out(attachmentText(outcome));
    return verdictOf(outcomes, attached, ports, isJson);
  });
}

/** `tools check`: for CI; says whether `apply` would change anything, and what will not work. */
export async function check(options: StrictOptions, ports: VapiPorts): Promise<Verdict> {
  return withSession<Verdict>(options, ports, async (session) => {
    const named = options.assistant ?? [];
    const assistants = await readAssistants(session.account, named);
    const attachments = planAttachments(session.plan, assistants, named);
    const findings = lintAccount({ ...session, assistants, named: new Set(named) });
    const drift = isDrift(session, attachments, options);
    if (options.json === true) {
      ports.out(resultJson(session, { attachments, findings, drift }));
    } else {
      showPlan(session, attachments, options, ports);
      ports.out('');
      for (const line of findingsText(findings)) ports.out(line);
      ports.out(checkText(drift, isBad(findings, options)));
    }
    return drift || isBad(findings, options) ? 1 : 0;
  });
}

/** `lint`: what will not work as it stands. */
export async function lint(options: StrictOptions, ports: VapiPorts): Promise<Verdict> {
  return withSession<Verdict>(options, ports, async (session) => {
    const named = options.assistant ?? [];
    const assistants = await readAssistants(session.account, named);
    const findings = lintAccount({ ...session, assistants, named: new Set(named) });
    if (options.json === true) ports.out(JSON.stringify({ findings }, undefined, 2));
    else for (const line of findingsText(findings)) ports.out(line);
    return isBad(findings, options) ? 1 : 0;
  });
}

async function attachmentsOf(session: VapiSession, options: AccountOptions): Promise<readonly PlannedAttachment[]> {
  const named = options.assistant ?? [];
  if (named.length === 0) return [];
  return planAttachments(session.plan, await readAssistants(session.account, named), named);
}

function isDrift(session: VapiSession, attachments: readonly PlannedAttachment[], { prune }: AccountOptions): boolean {
  return hasDrift(session.plan, { prune: prune === true }) || attachments.some(({ missing }) => missing.length > 0);
}

function isBad(findings: readonly Finding[], { strict }: StrictOptions): boolean {
  return findings.some(({ severity }) => severity === 'error' || (strict === true && severity === 'warning'));
}

function checkText(drift: boolean, bad: boolean): string {
  if (drift) return 'The account is not as it shall be: npm run vapi -- tools apply';
  return bad ? 'The tools are as they shall be; what was found is not.' : 'The account is as it shall be.';
}

function showPlan(
  { source, settings, plan: toolPlan, wanted }: VapiSession,
  attachments: readonly PlannedAttachment[],
  options: AccountOptions,
  ports: VapiPorts,
): void {
  ports.out(`${String(wanted.length)} tools from ${source}, webhook ${settings.webhookUrl}`);
  ports.out('');
  for (const line of planText(toolPlan, attachments, { prune: options.prune === true })) ports.out(line);
}

async function isWanted({ yes }: ApplyCommandOptions, ports: VapiPorts): Promise<boolean> {
  return yes === true || ports.confirm('Do this in the Vapi account?');
}

/** Only tools that are certainly there: an id that does not exist fails every call of the assistant (VAPI.md 5). */
async function attachAll(
  session: VapiSession,
  attachments: readonly PlannedAttachment[],
  outcomes: readonly ToolOutcome[],
): Promise<readonly AttachmentOutcome[]> {
  const names = new Set(session.wanted.map(({ name }) => name));
  const known = new Map<string, string>();
  for (const tool of session.plan.tools) if (tool.action !== 'create') known.set(tool.name, tool.remote.id);
  for (const outcome of outcomes) if ('id' in outcome && names.has(outcome.name)) known.set(outcome.name, outcome.id);
  const tools: readonly AttachedTool[] = [...known].map(([name, id]) => ({ name, id }));
  const attached: AttachmentOutcome[] = [];
  for (const { id } of attachments) attached.push(await attachTools(session.account, id, tools));
  return attached;
}

function verdictOf(
  outcomes: readonly ToolOutcome[],
  attached: readonly AttachmentOutcome[],
  ports: VapiPorts,
  isJson: boolean,
): Verdict {
  const undone = outcomes.filter(({ kind }) => kind === 'failed' || kind === 'not-tried').length;
  const unattached = attached.filter(({ kind }) => kind === 'failed').length;
  const changed = outcomes.filter(({ kind }) => kind !== 'unchanged').length - undone;
  if (undone + unattached === 0) {
    if (!isJson) ports.out(changed === 0 ? 'Nothing had to be done.' : `Done: ${String(changed)} changed.`);
    return 0;
  }
  ports.error(
    `${String(undone + unattached)} not done, ${String(changed)} changed. Apply again: what is done stays done.`,
  );
  return 1;
}

import { table } from '../../table.js';
import type { Installation } from '../installation.js';
import type { InterjectPorts } from '../interject-ports.js';
import { registryReport } from './tool-report.js';
import type { ToolReport } from './tool-report.js';

/** `tools`: what is registered, who runs it, and who is at odds over it. Exit code 1 when a tool has no worker. */
export async function listTools(
  it: Installation,
  options: { readonly json?: boolean },
  ports: InterjectPorts,
): Promise<void> {
  const { terminal } = ports;
  const { tools, unreadable } = await registryReport(it, ports);
  if (options.json === true) terminal.out(JSON.stringify({ tools, unreadable }, undefined, 2));
  else if (tools.length === 0) terminal.out('No tools: no worker has registered one yet.');
  else terminal.out(table(['TOOL', 'STATUS', 'REPLICAS', 'DEFINED BY', 'VERSION', 'RUN BY'], tools.map(row)));
  for (const { name, conflicts } of tools) {
    for (const conflict of conflicts) terminal.error(`${name}: ${conflict}. A rolling update ends within minutes.`);
  }
  for (const key of unreadable) terminal.error(`${key} cannot be read: is it of another release?`);
  if (tools.some(({ replicas }) => replicas.length === 0) || unreadable.length > 0) terminal.fail();
}

function row({ name, worker, version, replicas }: ToolReport): readonly string[] {
  const runBy = [...new Set(replicas.map((each) => `${each.worker} ${each.version}`))].sort().join(', ');
  const status = replicas.length > 0 ? 'live' : 'no worker';
  return [name, status, String(replicas.length), worker, version, runBy === '' ? '-' : runBy];
}

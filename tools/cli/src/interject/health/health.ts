import { Buckets, Streams } from '@interject/contracts';
import { counted, span } from '../../table.js';
import { fail, ok, report, warn } from '../finding.js';
import type { Finding, ReportOptions } from '../finding.js';
import type { Installation } from '../installation.js';
import type { InterjectPorts } from '../interject-ports.js';
import { muteText, readMute } from '../mute/mute-orders.js';
import { registryReport } from '../tools/tool-report.js';
import type { RegistryReport } from '../tools/tool-report.js';
import { consumerFindings, serverFindings, storeFindings } from './store-findings.js';

/** Letters that are older have been seen by somebody, or will not be. */
const FRESH_LETTER_MS = 86_400_000;
const NOTIFIER_PREFIX = 'notifier.';

/** `health`: what NATS shows of the installation. Exit code 1 when something is wrong. */
export async function health(it: Installation, options: ReportOptions, ports: InterjectPorts): Promise<void> {
  const { inspector } = it.operator;
  const stores = await inspector.stores();
  const [server, toolCalls, callEvents, partitions, registry, mute, letters] = await Promise.all([
    inspector.server(),
    inspector.consumers(Streams.ToolCalls),
    inspector.consumers(Streams.CallEvents),
    partitionFindings(it),
    registryReport(it, ports),
    muteFindings(it, ports),
    letterFindings(it, stores.find(({ store }) => store === Streams.DeadLetters)?.messages ?? 0, ports),
  ]);
  const findings = [
    ...serverFindings(server),
    ...storeFindings(stores),
    ...partitions,
    ...mute,
    ...workerFindings(registry),
    ...consumerFindings([...toolCalls, ...callEvents]),
    ...letters,
  ];
  report(findings, options, ports.terminal);
}

async function partitionFindings(it: Installation): Promise<readonly Finding[]> {
  const [answers, leases] = await Promise.all([
    it.askAll({ list: 0 }),
    it.operator.kv.bucket(Buckets.Leases).entries(),
  ]);
  const notifiers = leases.filter(({ key }) => key.startsWith(NOTIFIER_PREFIX)).length;
  const silent = answers.flatMap((answer, partition) => (answer === undefined ? [partition] : []));
  const calls = answers.reduce((sum, answer) => sum + (answer?.total ?? 0), 0);
  if (silent.length === 0) {
    const who = `${counted(notifiers, 'notifier')} for ${String(it.partitions)} partitions`;
    return [ok('notifiers', `${who}, ${counted(calls, 'live call')}`)];
  }
  const text = `nobody answers for ${String(silent.length)} of ${String(it.partitions)} partitions (${silent.join(', ')})`;
  const advice =
    notifiers === 0
      ? 'No notifier runs: start one. Results of these calls wait until then.'
      : 'They are taken over within 5 s. If that does not help, look at the logs of the notifiers.';
  return [fail('notifiers', text, advice)];
}

async function muteFindings(it: Installation, { clock }: InterjectPorts): Promise<readonly Finding[]> {
  const mute = await readMute(it);
  const lines = muteText(mute, clock.now());
  if (lines.length === 0) return [ok('speech', 'not muted')];
  return lines.map((line) =>
    warn('speech', line, 'Results wait until then, and end undelivered when it takes too long.'),
  );
}

function workerFindings({ tools, unreadable }: RegistryReport): readonly Finding[] {
  const idle = tools.filter(({ replicas }) => replicas.length === 0).map(({ name }) => name);
  const findings = [
    ...(tools.length === 0
      ? [warn('workers', 'no tool is registered', 'Start a worker, or set HTTP_TOOLS_FILE for http-worker.')]
      : []),
    ...(idle.length === 0
      ? []
      : [
          fail(
            'workers',
            `no worker runs: ${idle.join(', ')}`,
            'Their tool calls are refused: start the worker. A tool that is no more is forgotten after 7 days.',
          ),
        ]),
    ...tools.flatMap(({ name, conflicts }) =>
      conflicts.map((text) =>
        warn('workers', `${name}: ${text}`, 'A rolling update ends within minutes; else stop one.'),
      ),
    ),
    ...unreadable.map((key) => warn('workers', `${key} cannot be read`, 'Is its worker of another release?')),
  ];
  if (findings.length > 0) return findings;
  const replicas = new Set(tools.flatMap((tool) => tool.replicas.map(({ replica }) => replica))).size;
  return [ok('workers', `${counted(replicas, 'replica')} for ${counted(tools.length, 'tool')}`)];
}

async function letterFindings(it: Installation, count: number, { clock }: InterjectPorts): Promise<readonly Finding[]> {
  const last = count === 0 ? undefined : await it.operator.reader.last(Streams.DeadLetters, 'dead-letters.>');
  if (last === undefined) return [ok('dead letters', 'none')];
  const age = clock.now() - last.storedAt;
  const text = `${counted(count, 'letter')}, the newest ${span(age)} old`;
  const advice = 'Look at them: npm run dlq -- list';
  return [age < FRESH_LETTER_MS ? fail('dead letters', text, advice) : warn('dead letters', text, advice)];
}

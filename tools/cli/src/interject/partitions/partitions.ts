import { Buckets, CallEventNames, MAX_PARTITIONS, Streams, Subjects } from '@interject/contracts';
import { isWriteConflict } from '@interject/messaging';
import { counted, span } from '../../table.js';
import { UsageError } from '../../usage.errors.js';
import type { Installation } from '../installation.js';
import type { InterjectPorts } from '../interject-ports.js';
import { doubts, objections, openCallsIn, readCount } from './change-rules.js';
import type { ChangeFacts } from './change-rules.js';

export interface PartitionsOptions {
  readonly force?: boolean;
}

const GUIDE = 'The whole way: docs/guides/upgrades.md, "Another number of partitions".';

/** `partitions [count]`: shows the number, or changes it while no service runs. */
export async function partitions(
  it: Installation,
  wanted: string | undefined,
  options: PartitionsOptions,
  { terminal, clock }: InterjectPorts,
): Promise<void> {
  const installed = await it.operator.partitions.read();
  if (wanted === undefined) {
    terminal.out(`${counted(installed.count, 'partition')}, since ${span(clock.now() - installed.since)}.`);
    return;
  }
  const count = readCount(wanted);
  if (count === undefined) throw new UsageError(`The number of partitions is 1 to ${String(MAX_PARTITIONS)}.`);
  if (count === installed.count) {
    terminal.out(`There are ${counted(count, 'partition')} already: nothing to do.`);
    return;
  }
  const facts = await factsOf(it);
  const refused = [...objections(facts), ...(options.force === true ? [] : doubts(facts))];
  if (refused.length > 0) throw new UsageError([...refused, GUIDE].join('\n'));
  await it.operator.partitions.change(count, installed).catch((error: unknown) => {
    if (!isWriteConflict(error)) throw error;
    throw new UsageError('Somebody else has changed it in this moment: look again.');
  });
  terminal.out(
    `${counted(count, 'partition')}, ${String(installed.count)} before. Start the services: they take it from now on.`,
  );
}

async function factsOf(it: Installation): Promise<ChangeFacts> {
  const { inspector } = it.operator;
  // Before anything is read: a reader of ours would be seen as somebody else's.
  const stores = await inspector.stores();
  const named = [CallEventNames.Status, CallEventNames.Ended].map((event) => Subjects.callEventsNamed(event, false));
  const [toolCalls, callEvents, subjects] = await Promise.all([
    inspector.consumers(Streams.ToolCalls),
    inspector.consumers(Streams.CallEvents),
    Promise.all(named.map((filter) => inspector.subjects(Streams.CallEvents, filter))),
  ]);
  const leases = await it.operator.kv.bucket(Buckets.Leases).entries();
  return {
    stores,
    consumers: [...toolCalls, ...callEvents],
    leases: leases.length,
    openCalls: openCallsIn(subjects.flat()),
  };
}

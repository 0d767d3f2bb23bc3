import type { Fault, Replicas } from '../fault.types.js';
import { Dice } from './dice.js';

/** Faults that are played one after the other on one system, under one load. */
export interface Series {
  readonly seed: number;
  readonly replicas: Replicas;
  /** In the order in which they are played; never none. */
  readonly faults: readonly Fault[];
}

const REPLICAS: Replicas = { gateway: 2, worker: 2, notifier: 2 };
/** More are dealt to several series, so that all lanes have work to the end. */
const MOST_ACTS = 9;

/**
 * Puts faults into series, and those into the order in which they are begun. The order of acts follows from the seed, of
 * any two of them alike whatever else is played: a part of a series can be played again.
 */
export function seriesOf(faults: readonly Fault[], seed: number): Series[] {
  const rank = ({ name }: Fault): number => new Dice(seed, `${name}/order`).next();
  const grounds: Fault[][] = [];
  for (const fault of [...faults].sort((a, b) => rank(a) - rank(b))) {
    const others = grounds.find(([first]) => first !== undefined && goTogether(first, fault));
    if (others === undefined) grounds.push([fault]);
    else others.push(fault);
  }
  return (
    grounds
      .flatMap(deal)
      .map((acts): Series => ({ seed, replicas: replicasOf(acts[0]), faults: acts }))
      // The long ones first: what is begun last decides when all lanes are done.
      .sort((a, b) => b.faults.length - a.faults.length)
  );
}

/** E.g. `2 gateways, 2 workers, 2 notifiers`. */
export function replicasText({ gateway, worker, notifier }: Replicas): string {
  return `${String(gateway)} gateways, ${String(worker)} workers, ${String(notifier)} notifiers`;
}

function goTogether(one: Fault, other: Fault): boolean {
  if (one.isAlone === true || other.isAlone === true) return false;
  const isSameGround = one.ground === other.ground && one.callsPerSecond === other.callsPerSecond;
  return isSameGround && replicasText(replicasOf(one)) === replicasText(replicasOf(other));
}

function replicasOf(fault: Fault | undefined): Replicas {
  return { ...REPLICAS, ...fault?.replicas };
}

/** Evenly. */
function deal(acts: readonly Fault[]): Fault[][] {
  const count = Math.ceil(acts.length / MOST_ACTS);
  return Array.from({ length: count }, (_, index) => acts.filter((_act, at) => at % count === index));
}

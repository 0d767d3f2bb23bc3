/** A lease as seen in KV `leases`. */
export interface LeaseView {
  readonly partition: number;
  readonly revision: number;
  /** It has not changed for as long as a lease lives: its owner is gone, whatever the store still shows. */
  readonly isExpired: boolean;
  /** It was there when this process began to look, and has not changed: nobody knows how old it is. */
  readonly isDoubtful: boolean;
}

/** A partition of this notifier. */
export interface HeldView {
  readonly partition: number;
  readonly isBusy: boolean;
  readonly callCount: number;
  /** It is being given up. */
  readonly isLeaving: boolean;
}

export interface OwnershipView {
  readonly partitions: number;
  /** Live notifiers, this one included. */
  readonly liveNotifiers: number;
  /** Partitions held by this one, with how much is under way in each. */
  readonly mine: readonly HeldView[];
  /** What others hold, or held. */
  readonly others: readonly LeaseView[];
  /** True if the last partition was given up long enough ago. */
  readonly mayGiveUp: boolean;
  /** Where this notifier begins to look for free partitions, so that several do not all reach for the same. */
  readonly preference: number;
}

export interface Claim {
  readonly partition: number;
  /** Take over this expired lease; without it the claim fails unless the partition has none. */
  readonly revision?: number;
}

export interface OwnershipPlan {
  readonly claims: readonly Claim[];
  readonly giveUp?: number;
}

/** Partitions that each live notifier should hold at most. */
export function shareOf(partitions: number, liveNotifiers: number): number {
  return Math.ceil(partitions / Math.max(1, liveNotifiers));
}

/** What to claim and what to give up, from what is seen. Leases that are held are renewed in any case. */
export function planOwnership(view: OwnershipView): OwnershipPlan {
  const share = shareOf(view.partitions, view.liveNotifiers);
  const staying = view.mine.filter(({ isLeaving }) => !isLeaving);
  if (staying.length > share) {
    return view.mayGiveUp ? { claims: [], giveUp: leastNeeded(staying) } : { claims: [] };
  }
  return { claims: freePartitions(view).slice(0, Math.max(0, share - view.mine.length)) };
}

function freePartitions({ partitions, mine, others, preference }: OwnershipView): Claim[] {
  const held = new Set(mine.map(({ partition }) => partition));
  const leases = new Map(others.map((lease) => [lease.partition, lease]));
  const claims: Claim[] = [];
  for (let i = 0; i < partitions; i += 1) {
    const partition = (preference + i) % partitions;
    const lease = leases.get(partition);
    if (held.has(partition) || (lease !== undefined && !lease.isExpired && !lease.isDoubtful)) continue;
    claims.push({ partition, ...(lease?.isExpired === true ? { revision: lease.revision } : {}) });
  }
  return claims;
}

/** The one whose calls notice the change least. */
function leastNeeded(mine: readonly HeldView[]): number {
  const [first] = [...mine].sort(
    (a, b) => Number(a.isBusy) - Number(b.isBusy) || a.callCount - b.callCount || a.partition - b.partition,
  );
  return first?.partition ?? 0;
}

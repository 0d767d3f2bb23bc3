import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { LeaseExtension } from './lease-extension.js';
import type { Leased } from './lease-extension.js';

const ACK_WAIT_MS = 3000;

class Lease implements Leased {
  readonly extendedAt: number[] = [];

  constructor(
    private readonly clock: VirtualClock,
    readonly heldUntil: number,
  ) {}

  extend(): void {
    this.extendedAt.push(this.clock.now());
  }
}

function setUp() {
  const clock = new VirtualClock(0);
  const given: Lease[] = [];
  const leases = new LeaseExtension<Lease>({ ackWaitMs: ACK_WAIT_MS, clock, onCeiling: (lease) => given.push(lease) });
  return { clock, given, leases, lease: (heldUntil: number) => new Lease(clock, heldUntil) };
}

describe('LeaseExtension', () => {
  it('extends every lease three times within an ack_wait, and rests without any', async () => {
    const { clock, leases, lease } = setUp();
    const one = lease(60_000);
    leases.add(one);
    await clock.advance(500);
    const other = lease(60_000);
    leases.add(other);
    await clock.advance(2500);
    expect(one.extendedAt).toEqual([1000, 2000, 3000]);
    expect(other.extendedAt).toEqual([1000, 2000, 3000]);
    leases.remove(one);
    leases.remove(other);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('ends at the ceiling, once, and goes on with the others', async () => {
    const { clock, given, leases, lease } = setUp();
    const hung = lease(2500);
    const other = lease(60_000);
    leases.add(hung);
    leases.add(other);
    await clock.advance(6000);
    expect(hung.extendedAt).toEqual([1000, 2000]);
    expect(given).toEqual([hung]);
    expect(other.extendedAt).toHaveLength(6);
    leases.remove(other);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('rests when the last one has reached its ceiling', async () => {
    const { clock, given, leases, lease } = setUp();
    leases.add(lease(10));
    await clock.advance(1000);
    expect(given).toHaveLength(1);
    expect(clock.nextTimerAt()).toBeUndefined();
  });
});

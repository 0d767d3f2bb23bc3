import type { Clock } from '@interject/observability';

/** An owner does not speak for longer than this after the last renewal it knows to be stored; the lease lives 3 s. */
const SPEAKING_MS = 2000;

/** Our hold on one partition. */
export class Lease {
  private isReleased = false;
  /** It has ended: that the store holds an entry of ours says nothing until it was found out what was missed. */
  hasEnded = false;

  /** @param askedAt when the claim was sent, the monotonic clock: the store had it later, so this is the safe side */
  constructor(
    readonly partition: number,
    public revision: number,
    private askedAt: number,
    private readonly clock: Clock,
  ) {}

  get isHeld(): boolean {
    return !this.isReleased;
  }

  get maySpeak(): boolean {
    return !this.isReleased && this.ageMs < SPEAKING_MS;
  }

  /** Time since it was ours for certain, milliseconds. */
  get ageMs(): number {
    return this.clock.monotonic() - this.askedAt;
  }

  renewed(revision: number, askedAt: number): void {
    this.hasEnded = false;
    this.revision = revision;
    this.askedAt = askedAt;
  }

  /** It is not ours any more, whatever the store still says. */
  release(): void {
    this.isReleased = true;
  }
}

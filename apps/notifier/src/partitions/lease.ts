import type { Clock } from '@interject/observability';

/** An owner does not speak for longer than this after the last renewal it knows to be stored; the lease lives 3 s. */
const SPEAKING_MS = 2000;

/** Our hold on one partition. */
export class Lease {
  private isReleased = false;

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
    return !this.isReleased && this.clock.monotonic() - this.askedAt < SPEAKING_MS;
  }

  renewed(revision: number, askedAt: number): void {
    this.revision = revision;
    this.askedAt = askedAt;
  }

  /** It is not ours any more, whatever the store still says. */
  release(): void {
    this.isReleased = true;
  }
}

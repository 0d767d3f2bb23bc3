/** What a request holds of the gateway's bounds: one of the requests in work, and the bytes of its body. */
export class Place {
  private bytes = 0;
  private isHeld = true;

  /** @param onBytes told how many bytes more, or less, are held */
  constructor(
    private readonly onBytes: (change: number) => void,
    private readonly onLeft: () => void,
  ) {}

  /** As many bytes more of its body came, or are to come. */
  hold(bytes: number): void {
    if (!this.isHeld) return;
    this.bytes += bytes;
    this.onBytes(bytes);
  }

  /** Its body is parsed and let go of. */
  bodyTaken(): void {
    this.onBytes(-this.bytes);
    this.bytes = 0;
  }

  /** It is answered, or only waits from here on. Idempotent. */
  leave(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.bodyTaken();
    this.onLeft();
  }
}

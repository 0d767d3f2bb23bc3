/** Bytes, right after a full garbage collection. */
export interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
  readonly external: number;
  readonly arrayBuffers: number;
}

export interface ProbeAsk {
  /** Where to write a heap snapshot; none: no snapshot. */
  readonly snapshotFile?: string;
}

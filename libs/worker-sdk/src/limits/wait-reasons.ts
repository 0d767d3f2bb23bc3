/** What a job waits for before its handler starts. */
export const WaitReasons = {
  /** Other jobs of its call. */
  Call: 'call-limit',
  /** A free place among all jobs of the tool. */
  Concurrency: 'concurrency',
  /** The tool's rate of starts. */
  Rate: 'rate-limit',
} as const;
export type WaitReason = (typeof WaitReasons)[keyof typeof WaitReasons];

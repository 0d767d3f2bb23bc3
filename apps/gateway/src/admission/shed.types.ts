/** Why something was shed; a metric label. */
export const ShedReasons = [
  /** Too many requests in work. */
  'requests',
  /** Too many bytes of bodies being read. */
  'body-bytes',
  /** The process does not keep up. */
  'event-loop',
  /** Too many events on their way to JetStream. */
  'publishes',
  /** JetStream does not acknowledge in time. */
  'broker-slow',
  /** What a tool call will need later has no room: its result could not be stored, or not be said. */
  'store-full',
] as const;
export type ShedReason = (typeof ShedReasons)[number];

/** What was shed; a metric label. */
export const ShedKinds = [
  /** A speech event: answered 200, and dropped. */
  'speech',
  /** A request, refused (503) before its body was read. */
  'request',
  /** A webhook whose tool calls or status could not be taken on, refused (503). */
  'webhook',
] as const;
export type ShedKind = (typeof ShedKinds)[number];

import type { Fault, FaultStage } from '../fault.types.js';

/** Room that is left: full within a second or two of the usual load. */
const ROOM_BYTES = 12_000;
const FULL_FOR_MS = 4000;
const FULL_WITHIN_MS = 15_000;

/** Renewals of leases that the broker had no room for. */
function refusedRenewals({ system }: FaultStage): number {
  const lines = system.of('notifier').flatMap(({ output }) => output.split('\n'));
  return lines.filter((line) => line.includes('leases could not be written') && line.includes('store-full')).length;
}

/** Waits until the stream refuses. */
async function full(stage: FaultStage, stream: string, limit: number): Promise<void> {
  const deadline = performance.now() + FULL_WITHIN_MS;
  while (performance.now() < deadline) {
    if ((await stage.system.inspector.size(stream)).bytes > limit - ROOM_BYTES / 6) return;
    await stage.sleep(100);
  }
  throw new Error(`${stream} does not get full: is there no load?`);
}

function fullStream(stream: string, name: string, what: string): Fault {
  const refusedBefore = new WeakMap<FaultStage, number>();
  return {
    name,
    about: `${stream} is full for ${String(FULL_FOR_MS / 1000)} s: ${what}`,
    async inject(stage) {
      const { inspector } = stage.system;
      refusedBefore.set(stage, refusedRenewals(stage));
      const { bytes, maxBytes } = await inspector.size(stream);
      const limit = bytes + ROOM_BYTES;
      const strike = stage.strike('nats', `room of ${stream} ends`);
      await inspector.limit(stream, limit);
      try {
        await full(stage, stream, limit);
        stage.note(`${stream} is full`);
        await stage.sleep(FULL_FOR_MS);
      } finally {
        await inspector.limit(stream, maxBytes);
        strike.until = performance.now();
      }
    },
    complaints(account, stage) {
      const refused = refusedRenewals(stage) - (refusedBefore.get(stage) ?? 0);
      return [
        ...(refused === 0 ? [] : [`${String(refused)} renewals of leases were refused for want of room`]),
        ...(stream === 'TOOL_CALLS' && (account.answers.get('503') ?? 0) === 0
          ? ['no webhook was answered 503 while tool calls could not be stored']
          : []),
      ];
    },
  };
}

/** Streams that refuse what is new: `max_bytes` reached. What was accepted before must come to its end all the same. */
export const FULL_STREAM_FAULTS: readonly Fault[] = [
  { ...fullStream('TOOL_CALLS', 'full-tool-calls', 'webhooks get 503, all else goes on'), isShort: true },
  fullStream('CALL_EVENTS', 'full-call-events', 'results wait at their workers'),
  fullStream('UTTERANCES', 'full-utterances', 'nothing can be said, and nothing is lost'),
];

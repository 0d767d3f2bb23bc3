import { callToken, Streams, Subjects, toolCallKey } from '@interject/contracts';
import type { StreamName, UtteranceBatch, UtteranceRecord } from '@interject/contracts';
import { DEFAULT_SPEECH_SETTINGS } from '@interject/speech';
import type { CallAction } from '@interject/speech';
import { aResult, VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { OwnerClock } from '../owner-clock.js';
import { CallDirectory } from './call-directory.js';
import { factOf } from './fact-parser.js';
import { FloorMemory } from './floor-memory.js';
import { SendSlots } from './send-slots.js';
import { SpeechGap } from './speech-gap.js';
import type { PartitionReading } from './partition-reading.js';
import { PartitionReplay } from './partition-replay.js';
import type { PartitionTools } from './partition-tools.types.js';

const PARTITION = 0;
const begins = { start: { toolCalls: 1, callEvents: 1, utterances: 1 }, index: 1 };

/** Each look at it costs more than a slice: other work comes in between any two calls. */
class SlowClock extends VirtualClock {
  private looks = 0;
  override monotonic(): number {
    this.looks += 10;
    return super.monotonic() + this.looks;
  }
}

let clock: SlowClock;
let directory: CallDirectory;
let replay: PartitionReplay;
let records: UtteranceRecord[];
let sequence: number;

/** As the runner: records are stored at once, questions are answered. */
function run(callId: string, actions: readonly CallAction[]): void {
  for (const action of actions) {
    if (action.kind === 'append') {
      const { utteranceId, state, final } = action.record;
      records.push(action.record);
      replay.recorded(action.record);
      setImmediate(() => {
        const isFinal = final === undefined ? {} : { final };
        directory.give(callId, { kind: 'recorded', utteranceId, state, isStale: false, ...isFinal });
      });
    } else if (action.kind === 'recall-tool-call') {
      const { toolCallId } = action;
      setImmediate(() => {
        directory.give(callId, { kind: 'tool-call-recalled', toolCallId });
      });
    } else if (action.kind === 'recall-call') {
      setImmediate(() => {
        directory.give(callId, { kind: 'call-recalled', ended: { callId, at: clock.now() } });
      });
    }
  }
}

function sendingOf(callId: string): UtteranceRecord {
  return {
    utteranceId: toolCallKey(callId, 'tc'),
    callId,
    source: 'result',
    class: 'result',
    state: 'sending',
    attempt: 1,
    tool: 'report',
    toolCallId: 'tc',
    times: { queuedAt: clock.now() - 1000, sendingAt: clock.now() - 900 },
  };
}

function take(stream: StreamName, subject: string, data: object): void {
  sequence += 1;
  replay.take(
    stream,
    { subject, sequence, storedAt: clock.now(), headers: {}, data: Buffer.from(JSON.stringify(data)) },
    () => begins,
  );
}

function resultOf(callId: string): ReturnType<typeof aResult> {
  return aResult({
    callId,
    toolCallId: 'tc',
    tool: 'report',
    text: 'Done.',
    at: clock.now(),
    requestedAt: clock.now(),
  });
}

function endedCall(callId: string): void {
  const token = callToken(callId);
  const at = clock.now();
  take(Streams.CallEvents, Subjects.callEvent(PARTITION, token, 'status'), { callId, status: 'in-progress', at });
  const key = toolCallKey(callId, 'tc');
  take(Streams.CallEvents, Subjects.callEvent(PARTITION, token, 'result', key), resultOf(callId));
  take(Streams.CallEvents, Subjects.callEvent(PARTITION, token, 'ended'), { callId, at });
}

/** What a predecessor left in the ledger. */
async function inherit(left: readonly UtteranceRecord[]): Promise<void> {
  ledger = { owner: 'predecessor', kind: 'records', checkpoint: begins.start, records: [...left] };
  await replay.readLedger(1, 2, clock.now());
}
let ledger: UtteranceBatch;

function finalStates(callId: string): string[] {
  return records.filter((record) => record.callId === callId).map(({ state }) => state);
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => {
  clock = new SlowClock();
  records = [];
  sequence = 0;
  const ownerClock = new OwnerClock(clock);
  directory = new CallDirectory({
    clock,
    ownerClock,
    settings: DEFAULT_SPEECH_SETTINGS,
    floors: new FloorMemory(clock),
    slots: new SendSlots(clock),
    speechGap: new SpeechGap(clock),
    speechSwitch: { isMuted: () => false },
    mayBegin: () => true,
    run,
    findUnread: (callId) => {
      replay.find(callId);
    },
    nextCallEvent: () => sequence + 1,
  });
  const reading = {
    readLedger: (_from: number, onMessage: Parameters<PartitionReading['readLedger']>[1]) => {
      const data = Buffer.from(JSON.stringify(ledger));
      onMessage({ subject: 'utterances.0', sequence: 1, storedAt: clock.now(), headers: {}, data });
      return Promise.resolve();
    },
  };
  replay = new PartitionReplay({
    partition: PARTITION,
    tools: {
      owner: 'successor',
      journal: { neverWrote: () => false },
      clock,
      ownerClock,
    } as unknown as PartitionTools,
    signal: new AbortController().signal,
    reading: reading as unknown as PartitionReading,
    directory,
    parse: (stream, message) => factOf(stream, message, PARTITION, 1),
    refuse: (_stream, _sequence, error) => {
      throw error instanceof Error ? error : new Error('a message was refused');
    },
  });
});

describe('a call that ended just before it was taken over, with words that may have been said', () => {
  it('is not ended a second time when it is over and forgotten before all others were looked into', async () => {
    await inherit([sendingOf('over')]);
    endedCall('over');
    for (let n = 0; n < 5; n += 1) endedCall(`other-${String(n)}`);
    await replay.sortOut();
    const orphans = await replay.lookIntoAll();
    await settle();
    expect(directory.snapshot('over')).toBeUndefined();
    expect(finalStates('over')).toEqual(['unconfirmed']);
    expect(orphans).toEqual([]);
  });

  it('is not ended a second time by a fact that comes after it was forgotten', async () => {
    await inherit([sendingOf('over')]);
    endedCall('over');
    for (let n = 0; n < 8; n += 1) endedCall(`other-${String(n)}`);
    await replay.sortOut();
    const looked = replay.lookIntoAll();
    while (finalStates('over').length === 0 || directory.snapshot('over') !== undefined) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(replay.unreadCount).toBeGreaterThan(0);
    // The worker's answer was lost, and the result is published again.
    directory.take({ kind: 'result', fact: resultOf('over') }, () => begins, replay.recordsOf('over'));
    const orphans = await looked;
    await settle();
    expect(finalStates('over')).toEqual(['unconfirmed']);
    expect(orphans).toEqual([]);
  });

  it('is ended even if nothing else is known of it', async () => {
    await inherit([sendingOf('gone')]);
    await replay.sortOut();
    expect(await replay.lookIntoAll()).toMatchObject([{ callId: 'gone', state: 'unconfirmed' }]);
  });
});

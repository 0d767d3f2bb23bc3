import { Streams } from '@interject/contracts';
import type { Checkpoint, StreamName } from '@interject/contracts';
import type { CallStart } from './unread-calls.js';

/** How far the streams of a partition have been read. */
export class ReadPosition {
  private next = { toolCalls: 1, callEvents: 1 };
  private factsRead = 0;

  /** @param nextUtterance sequence of the first record that a call which begins now can have */
  constructor(private readonly nextUtterance: () => number) {}

  get nextCallEvent(): number {
    return this.next.callEvents;
  }

  begin({ toolCalls, callEvents }: Checkpoint): void {
    this.next = { toolCalls, callEvents };
  }

  /** Where a call starts that begins now, with whatever comes next. */
  now(): CallStart {
    return { start: { ...this.next, utterances: this.nextUtterance() }, index: this.factsRead };
  }

  /** Where a call starts that begins with this message. */
  at(stream: StreamName, sequence: number): CallStart {
    const begins = this.now();
    if (stream === Streams.ToolCalls) return { ...begins, start: { ...begins.start, toolCalls: sequence } };
    if (stream === Streams.CallEvents) return { ...begins, start: { ...begins.start, callEvents: sequence } };
    return begins;
  }

  passed(stream: StreamName, sequence: number): void {
    if (stream === Streams.Floor) return;
    this.factsRead += 1;
    this.next[stream === Streams.ToolCalls ? 'toolCalls' : 'callEvents'] = sequence + 1;
  }
}

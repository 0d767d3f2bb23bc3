import { EventFactory, EventTypes } from '@interject/contracts';
import type { EventType, OutgoingEvent, StreamName, ToolCallFinished, ToolCallProgressed } from '@interject/contracts';
import type { EventSink, LastMessageSource } from '../execution/job.types.js';

/** Keeps events in memory by the rules of the streams: a subject of a `once` event takes one. */
export class MemorySink implements EventSink, LastMessageSource {
  readonly events = new EventFactory(16);
  readonly published: OutgoingEvent[] = [];
  /** Header of each event in {@link published}. */
  readonly traceparents: (string | undefined)[] = [];
  /** Called before an event is stored; may throw, as a broker that is away does. */
  beforePublish: (event: OutgoingEvent) => void | Promise<void> = () => undefined;

  async publish(
    event: OutgoingEvent,
    { traceparent }: { readonly traceparent?: string } = {},
  ): Promise<{ readonly repeated: boolean }> {
    await this.beforePublish(event);
    if (event.once && this.published.some(({ subject }) => subject === event.subject)) return { repeated: true };
    this.published.push({ ...event, data: JSON.parse(JSON.stringify(event.data)) as object });
    this.traceparents.push(traceparent);
    return { repeated: false };
  }

  async last(_stream: StreamName, subject: string): Promise<object | undefined> {
    const index = this.published.findLastIndex((event) => event.subject === subject);
    const traceparent = this.traceparents[index];
    return index === -1
      ? undefined
      : { ...this.published[index], headers: traceparent === undefined ? {} : { traceparent } };
  }

  get results(): readonly ToolCallFinished[] {
    return this.ofType(EventTypes.Result) as ToolCallFinished[];
  }

  get progress(): readonly ToolCallProgressed[] {
    return this.ofType(EventTypes.Progress) as ToolCallProgressed[];
  }

  /** Texts of progress and results, in the order they were stored. */
  get words(): readonly string[] {
    return this.published.flatMap(({ type, data }) => {
      const isSaid = type === EventTypes.Result || type === EventTypes.Progress;
      const text = isSaid ? (data as { readonly text?: string }).text : undefined;
      return text === undefined ? [] : [text];
    });
  }

  /** How many jobs were handed over to a backend that calls back. */
  get handOvers(): number {
    return this.ofType(EventTypes.HandedOver).length;
  }

  private ofType(type: EventType): object[] {
    return this.published.filter((event) => event.type === type).map(({ data }) => data);
  }
}

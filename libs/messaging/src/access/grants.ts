import type { BucketName, CallEventName, StreamName } from '@interject/contracts';
import { CallEventNames, StreamSubjects, Subjects } from '@interject/contracts';
import { bucketStream, bucketSubject, storeStream } from '../provisioning/topology.js';

/** Subjects that somebody may publish to. JetStream is asked by publishing, too (NATS ADR-1, -13, -42). */
export type Grants = readonly string[];

type Store = StreamName | BucketName;

const API = '$JS.API';
/** Events about a call as a whole; the others end in a key. */
const UNKEYED: ReadonlySet<CallEventName> = new Set([CallEventNames.Status, CallEventNames.Ended]);

/** Events of these names, of whatever call. */
export function callEvents(...events: readonly CallEventName[]): Grants {
  return events.map((event) => Subjects.callEventsNamed(event, !UNKEYED.has(event)));
}

/** Everything that a stream stores. */
export function everythingOf(stream: StreamName): Grants {
  return StreamSubjects[stream];
}

/** A key of a bucket, `*` for each. */
export function keysOf(bucket: BucketName, ...keys: readonly string[]): Grants {
  return keys.map((key) => bucketSubject(bucket, key));
}

/** May see that a store is there, how full it is, and the subjects in it; nothing of what was published. */
export function inspects(...stores: readonly Store[]): Grants {
  return stores.map((store) => `${API}.STREAM.INFO.${storeStream(store)}`);
}

/** May see the consumers of streams, and how far they are. */
export function listsConsumers(...streams: readonly StreamName[]): Grants {
  return streams.map((stream) => `${API}.CONSUMER.LIST.${stream}`);
}

/** May make stores and change their settings; not delete or empty them. */
export function makes(...stores: readonly Store[]): Grants {
  return stores.flatMap((store) => ['CREATE', 'UPDATE'].map((verb) => `${API}.STREAM.${verb}.${storeStream(store)}`));
}

/** May read single messages, of any subject: the request names it in its body, which the server's permissions do not see. */
export function looksUp(...stores: readonly Store[]): Grants {
  return stores.map((store) => `${API}.STREAM.MSG.GET.${storeStream(store)}`);
}

/** May read what matches the filters, in order, by consumers of any name; the server compares the filter with the subject. */
export function reads(stream: StreamName, filters: Grants): Grants {
  return [...filters.map((filter) => `${API}.CONSUMER.CREATE.${stream}.*.${filter}`), `$JS.FC.${stream}.>`];
}

/** May watch the entries of a bucket. */
export function watches(bucket: BucketName): Grants {
  const stream = bucketStream(bucket);
  return [`${API}.CONSUMER.CREATE.${stream}.*.${bucketSubject(bucket, '>')}`, `$JS.FC.${stream}.>`];
}

/** May take messages from a durable consumer (`*`: from any) and settle them. */
export function worksOn(stream: StreamName, durable: string, filter: string): Grants {
  return [
    `${API}.CONSUMER.CREATE.${stream}.${durable}.${filter}`,
    `${API}.CONSUMER.INFO.${stream}.${durable}`,
    `${API}.CONSUMER.MSG.NEXT.${stream}.${durable}`,
    `$JS.ACK.${stream}.${durable}.>`,
  ];
}

/** May remove messages for good. */
export function erases(...stores: readonly Store[]): Grants {
  return stores.flatMap((store) =>
    ['STREAM.PURGE', 'STREAM.MSG.DELETE'].map((verb) => `${API}.${verb}.${storeStream(store)}`),
  );
}

/** The round trip of readiness checks. */
export const asksJetStream: Grants = [`${API}.INFO`];

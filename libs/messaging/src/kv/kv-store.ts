import type { BucketName } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import type { StreamReader } from '../reading/stream-reader.js';
import { KvBucket } from './kv-bucket.js';

/** Gives access to the KV buckets that provisioning made. */
export class KvStore {
  private readonly buckets = new Map<BucketName, KvBucket>();

  constructor(
    private readonly connection: MessagingConnection,
    private readonly reader: StreamReader,
  ) {}

  bucket(name: BucketName): KvBucket {
    let bucket = this.buckets.get(name);
    if (bucket === undefined) {
      bucket = new KvBucket(name, this.connection, this.reader);
      this.buckets.set(name, bucket);
    }
    return bucket;
  }
}

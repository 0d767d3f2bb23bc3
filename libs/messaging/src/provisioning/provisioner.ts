import type { StreamConfig } from 'nats';
import { Buckets, DEFAULT_PARTITIONS } from '@interject/contracts';
import type { Log } from '@interject/observability';
import { endProcess } from '../connection/end-process.js';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';
import type { KvStore } from '../kv/kv-store.js';
import { isMessagingError, MessagingError, MessagingErrorCodes } from '../messaging.errors.js';
import type { MessagingOptions } from '../messaging.options.js';
import { cannotChange, mayBeStarting, provisioningFailure } from './provisioning-failure.js';
import { assertServerFits } from './server-fitness.js';
import { streamChange } from './stream-change.js';
import { DEFAULT_STORE_BYTES, PARTITIONS_KEY, storeStream, topology } from './topology.js';
import type { StreamShape } from './topology.js';

const RETRY_MS = 250;
/** JetStream answers some time after the server does; longer than this it is a fault to be shown. */
const START_LIMIT_MS = 30_000;
const WAITING_NOTICE_MS = 5000;

/**
 * Creates streams and buckets where they are missing, brings their limits up to date, and fixes the number of partitions;
 * or waits until a service that may has done so.
 */
export class Provisioner {
  private hasWarned = false;
  private noticedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly connection: MessagingConnection,
    private readonly kv: KvStore,
    private readonly log: Log,
  ) {}

  /**
   * Idempotent, also when several services do it at once and want different things: {@link streamChange} says who wins.
   *
   * @returns the number of partitions of this installation
   * @throws MessagingError `server-unfit` and `stream-conflict` with what to do about them, `store-full` when the server's
   *   limits do not hold the streams, `partition-mismatch` when another number of partitions is installed
   */
  async provision(options: MessagingOptions): Promise<number> {
    const started = performance.now();
    for (;;) {
      try {
        await this.ensureStreams(options);
        return await this.ensurePartitions(options);
      } catch (error) {
        const failure = toMessagingError('Provisioning NATS streams', error);
        if (isForOthers(failure, options) && !this.connection.isClosed) {
          await this.waitForOthers();
          continue;
        }
        if (!mayBeStarting(failure) || this.connection.isClosed || performance.now() - started > START_LIMIT_MS)
          throw failure;
        this.log.warn('waiting for JetStream', { code: failure.code });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /**
   * The same after every reconnect: a restarted server has lost the streams it kept in memory, a new one has none at all.
   * Returns what ends it.
   */
  keepProvisioned(options: MessagingOptions): () => void {
    return this.connection.onReconnected(() => {
      void this.provisionUntilDone(options);
    });
  }

  private async provisionUntilDone(options: MessagingOptions): Promise<void> {
    while (this.connection.isConnected) {
      try {
        await this.provision(options);
        return;
      } catch (error) {
        // Disconnected again: the next reconnect takes over.
        if (!this.connection.isConnected) return;
        if (isMismatch(error)) {
          // Two numbers at once would give one call two owners: it begins again, with the new one.
          endProcess(error);
          return;
        }
        this.log.error('NATS streams could not be provisioned after a reconnect, trying again', { error });
        await new Promise((resolve) => setTimeout(resolve, START_LIMIT_MS / 10));
      }
    }
  }

  private async ensureStreams(options: MessagingOptions): Promise<void> {
    const { replicas = 1, storeBytes = DEFAULT_STORE_BYTES } = options;
    const { info } = this.connection.nats;
    if (info !== undefined) assertServerFits(info, replicas);
    const names = options.stores?.map(storeStream);
    const all = topology({ replicas, storeBytes });
    const shapes = names === undefined ? all : all.filter(({ name }) => names.includes(name));
    // At once: in a cluster each takes its time to choose a leader.
    const outcomes = await Promise.allSettled(shapes.map((shape) => this.ensureStream(shape, options)));
    const failures = outcomes.flatMap((outcome, i) => {
      const shape = shapes[i];
      if (outcome.status === 'fulfilled' || shape === undefined) return [];
      return [provisioningFailure(outcome.reason, shape, all, info ?? {})];
    });
    const failure = failures.find((one) => !mayBeStarting(one)) ?? failures[0];
    if (failure !== undefined) throw failure;
    const isAbove = outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value);
    if (isAbove && (options.replicas ?? options.storeBytes) !== undefined) this.noteAbove();
  }

  /** @returns whether the stream keeps more than was asked for */
  private async ensureStream(shape: StreamShape, options: MessagingOptions, isRepeated = false): Promise<boolean> {
    const { streams } = this.connection.manager;
    const found = await streams.info(shape.name).catch((error: unknown) => {
      if (jetStreamCode(error) === JetStreamErrorCodes.StreamNotFound) return undefined;
      throw error;
    });
    if (options.makesStreams === false) {
      if (found === undefined) throw notThere(shape.name);
      return false;
    }
    if (found === undefined) {
      try {
        await streams.add(shape);
        return false;
      } catch (error) {
        if (isRepeated || !mayBeMadeByOthers(error)) throw error;
        return await this.ensureStream(shape, options, true);
      }
    }
    const wanted = withInstalled(shape, found.config, options);
    const change = streamChange(found.config, wanted);
    if (change.kind === 'impossible') {
      const { field } = change;
      throw cannotChange(wanted.name, `its ${field} is ${found.config[field]}, it has to be ${wanted[field]}`);
    }
    if (change.kind === 'update') {
      await streams.update(wanted.name, change.config);
      this.log.info('a NATS stream was changed', {
        stream: wanted.name,
        maxBytes: change.config.max_bytes,
        replicas: change.config.num_replicas,
      });
    }
    return change.isAbove;
  }

  private noteAbove(): void {
    if (this.hasWarned) return;
    this.hasWarned = true;
    const text =
      'streams have larger limits or more copies than NATS_STORE_GIB and NATS_REPLICAS say: services lower nothing';
    this.log.warn(text);
  }

  private async waitForOthers(): Promise<void> {
    const now = performance.now();
    if (now - this.noticedAt >= WAITING_NOTICE_MS) {
      this.noticedAt = now;
      this.log.warn('waiting for the streams: the gateway or the notifier makes them');
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }

  private async ensurePartitions({ partitions: wanted, makesStreams }: MessagingOptions): Promise<number> {
    const settings = this.kv.bucket(Buckets.Settings);
    let entry = await settings.get(PARTITIONS_KEY);
    if (entry === undefined) {
      if (makesStreams === false) throw notThere(PARTITIONS_KEY);
      try {
        const first = wanted ?? DEFAULT_PARTITIONS;
        await settings.create(PARTITIONS_KEY, String(first));
        return first;
      } catch (error) {
        if (!isMessagingError(error) || error.code !== MessagingErrorCodes.KeyExists) throw error;
        entry = await settings.get(PARTITIONS_KEY);
      }
    }
    const installed = Number(Buffer.from(entry?.value ?? []).toString());
    if (!Number.isInteger(installed) || installed < 1 || (wanted !== undefined && wanted !== installed)) {
      throw new MessagingError(
        MessagingErrorCodes.PartitionMismatch,
        `This NATS installation has ${String(installed)} partitions, ${String(wanted ?? 'a number above 0')} were asked for. ` +
          'It is changed while no service runs: npm run interject -- partitions (docs/guides/upgrades.md).',
      );
    }
    return installed;
  }
}

/** What an operator did not set is as it is installed. */
function withInstalled(shape: StreamShape, installed: StreamConfig, options: MessagingOptions): StreamShape {
  return {
    ...shape,
    ...(options.replicas === undefined && { num_replicas: installed.num_replicas }),
    ...(options.storeBytes === undefined && { max_bytes: installed.max_bytes }),
  };
}

function notThere(what: string): MessagingError {
  return new MessagingError(MessagingErrorCodes.NotInstalled, `${what} is not there yet`);
}

function isForOthers({ code }: MessagingError, { makesStreams }: MessagingOptions): boolean {
  return makesStreams === false && code === MessagingErrorCodes.NotInstalled;
}

/**
 * Another service made the stream in the meantime: with other settings, or in the same moment, which nats-server 2.9 takes
 * for another stream with the same subjects (2 of 1,600 times when four make it at once).
 */
function mayBeMadeByOthers(error: unknown): boolean {
  const code = jetStreamCode(error);
  return code === JetStreamErrorCodes.StreamNameInUse || code === JetStreamErrorCodes.SubjectsOverlap;
}

function isMismatch(error: unknown): error is MessagingError {
  return isMessagingError(error) && error.code === MessagingErrorCodes.PartitionMismatch;
}

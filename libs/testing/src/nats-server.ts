import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { freePort } from './free-port.js';
import { NatsProcess, natsServerBinary } from './nats-process.js';

/** What a test may set; the rest is the server's default. */
export interface NatsServerOptions {
  /** JetStream's limit on files, e.g. '64MB'. */
  readonly maxFileStore?: string;
  /** The same in bytes, for a disk that is full soon. */
  readonly maxStoreBytes?: number;
  /** Largest message, in bytes. */
  readonly maxPayload?: number;
  /** More lines for the top level of its configuration. */
  readonly config?: string;
  /** A file whose configuration is included as it is, e.g. users and permissions. */
  readonly include?: string;
  /** Variables that its configuration refers to. */
  readonly env?: Readonly<Record<string, string>>;
  /** More settings for its `jetstream` block, e.g. 'sync_interval: always' (2.10 or newer). */
  readonly jetstream?: string;
  /** Another nats-server than the installed one. */
  readonly binary?: string;
}

/** A real nats-server with JetStream, on its own port and with a store of its own. */
export class NatsServer {
  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly process: NatsProcess,
  ) {}

  /** Starts a fresh server. Call {@link dispose} when done. */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const directory = await mkdtemp(join(tmpdir(), 'interject-nats-'));
    const file = join(directory, 'nats.conf');
    const port = await freePort();
    await writeFile(file, configuration(options, port, directory));
    const server = new NatsServer(
      port,
      directory,
      new NatsProcess(natsServerBinary(options.binary), file, port, options.env),
    );
    try {
      await server.launch();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${String(this.port)}`;
  }

  /** Where JetStream keeps its files. */
  get storeDirectory(): string {
    return join(this.directory, 'store');
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Starts the server again after {@link stop} or {@link kill}; same port, same store. */
  async launch(): Promise<void> {
    await this.process.launch();
  }

  /** Ends it with SIGTERM; the store stays. */
  async stop(): Promise<void> {
    await this.process.end('SIGTERM');
  }

  /** Ends it with SIGKILL; the store stays. */
  async kill(): Promise<void> {
    await this.process.end('SIGKILL');
  }

  /** A restart as an operator does it. */
  async restart(): Promise<void> {
    await this.stop();
    await this.launch();
  }

  /** Ends it and removes its store. */
  async dispose(): Promise<void> {
    await this.process.end('SIGKILL');
    await rm(this.directory, { recursive: true, force: true });
  }
}

function configuration(options: NatsServerOptions, port: number, directory: string): string {
  const limit = options.maxFileStore ?? options.maxStoreBytes;
  return [
    `listen: 127.0.0.1:${String(port)}`,
    'jetstream {',
    `  store_dir: ${JSON.stringify(join(directory, 'store'))}`,
    ...(limit === undefined ? [] : [`  max_file_store: ${String(limit)}`]),
    ...(options.jetstream === undefined ? [] : [options.jetstream]),
    '}',
    ...(options.maxPayload === undefined ? [] : [`max_payload: ${String(options.maxPayload)}`]),
    ...(options.config === undefined ? [] : [options.config]),
    // nats-server takes paths relative to the file that includes, absolute ones too.
    ...(options.include === undefined ? [] : [`include ${JSON.stringify(relative(directory, options.include))}`]),
  ].join('\n');
}

/** Short for {@link NatsServer.start}. */
export async function startNatsServer(options?: NatsServerOptions): Promise<NatsServer> {
  return NatsServer.start(options);
}

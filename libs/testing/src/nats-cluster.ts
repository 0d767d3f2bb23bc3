import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { NatsClusterMember } from './nats-cluster-member.js';
import { NatsProcess, natsServerBinary } from './nats-process.js';

/** What a test may set; the rest is the server's default. */
export interface NatsClusterOptions {
  /** Number of servers; default 3. */
  readonly size?: 3 | 5;
  /** Another nats-server than the installed one. */
  readonly binary?: string;
  /** More lines for the top level of each server's configuration, e.g. 'max_payload: 65536'. */
  readonly config?: string;
  /** More settings for each server's `jetstream` block, e.g. 'max_file_store: 64MB'. */
  readonly jetstream?: string;
}

const LEADER_TIMEOUT_MS = 30_000;

/** Real nats-servers that are one JetStream cluster on the loopback interface, each with a store of its own. */
export class NatsCluster {
  private constructor(
    readonly members: readonly NatsClusterMember[],
    private readonly directory: string,
  ) {}

  /** Starts a fresh cluster and waits until it has a meta leader. Call {@link dispose} when done. */
  static async start(options: NatsClusterOptions = {}): Promise<NatsCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'interject-nats-cluster-'));
    const cluster = new NatsCluster(await makeMembers(options, directory), directory);
    try {
      await Promise.all(cluster.members.map((member) => member.launch()));
      await Promise.all(cluster.members.map((member) => member.ready(LEADER_TIMEOUT_MS)));
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
    return cluster;
  }

  /** The URLs of all members, comma separated, as NATS_URL takes them. */
  get urls(): string {
    return this.members.map((member) => member.url).join(',');
  }

  /** The member that leads a stream; waits while there is none. */
  async leaderOf(stream: string): Promise<NatsClusterMember> {
    return this.find((member) => member.isLeaderOf(stream));
  }

  /** The member that leads JetStream's meta group; waits while there is none. */
  async metaLeader(): Promise<NatsClusterMember> {
    return this.find(async (member) => (await member.metaLeader()) === member.name);
  }

  /** Ends all members and removes their stores. */
  async dispose(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill('SIGKILL')));
    await rm(this.directory, { recursive: true, force: true });
  }

  private async find(is: (member: NatsClusterMember) => Promise<boolean>): Promise<NatsClusterMember> {
    return eventually(
      async () => {
        const answers = await Promise.all(this.members.map(is));
        return this.members.find((_, i) => answers[i] === true);
      },
      { timeoutMs: LEADER_TIMEOUT_MS },
    );
  }
}

interface Ports {
  readonly client: number;
  readonly cluster: number;
  readonly monitoring: number;
}

async function makeMembers(options: NatsClusterOptions, directory: string): Promise<NatsClusterMember[]> {
  const ports: Ports[] = [];
  for (let i = 0; i < (options.size ?? 3); i += 1)
    ports.push({ client: await freePort(), cluster: await freePort(), monitoring: await freePort() });
  const binary = natsServerBinary(options.binary);
  return Promise.all(
    ports.map(async ({ client, monitoring }, i) => {
      const name = `n${String(i + 1)}`;
      const home = join(directory, name);
      await mkdir(home);
      const file = join(home, 'nats.conf');
      await writeFile(file, configuration(options, name, ports, i, join(home, 'store')));
      const process = new NatsProcess(binary, file, client);
      const address = (port: number): string => `127.0.0.1:${String(port)}`;
      return new NatsClusterMember(name, `nats://${address(client)}`, `http://${address(monitoring)}`, process);
    }),
  );
}

function configuration(options: NatsClusterOptions, name: string, all: Ports[], index: number, store: string): string {
  const own = all[index];
  if (own === undefined) throw new Error('No ports.');
  const routes = all.filter((other) => other !== own).map(({ cluster }) => `nats://127.0.0.1:${String(cluster)}`);
  return [
    `server_name: ${name}`,
    `listen: 127.0.0.1:${String(own.client)}`,
    `http: 127.0.0.1:${String(own.monitoring)}`,
    'jetstream {',
    `  store_dir: ${JSON.stringify(store)}`,
    ...(options.jetstream === undefined ? [] : [options.jetstream]),
    '}',
    'cluster {',
    '  name: interject-test',
    `  listen: 127.0.0.1:${String(own.cluster)}`,
    `  routes: [${routes.join(', ')}]`,
    '}',
    ...(options.config === undefined ? [] : [options.config]),
  ].join('\n');
}

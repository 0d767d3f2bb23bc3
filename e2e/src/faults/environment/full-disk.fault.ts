import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NatsServer } from '@interject/testing';
import type { Fault, Ground } from '../fault.types.js';
import { soleServer } from './broker-restart.faults.js';

const DISK = '64m';
/** Room that is left, full within a second or two of the usual load. */
const ROOM_BYTES = 64 * 1024;
const FULL_FOR_MS = 4000;
/** The streams reserve 2.9 GB; the server would offer no more than the disk has. */
const OFFERED = 'max_file_store: 8GB';

function run(program: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

/** A disk of its own for the broker, small enough to be filled. */
class SmallDisk {
  private balloon = 0;

  private constructor(readonly path: string) {}

  static async mount(): Promise<SmallDisk> {
    const path = await mkdtemp(join(tmpdir(), 'interject-disk-'));
    const fault = run('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', path]);
    if (fault !== undefined) throw new Error(`No disk could be mounted: ${fault}`);
    return new SmallDisk(path);
  }

  /** Takes all room but a little. */
  async fill(): Promise<void> {
    const { bavail, bsize } = await statfs(this.path);
    this.balloon += 1;
    await writeFile(this.balloonPath, Buffer.alloc(Math.max(0, bavail * bsize - ROOM_BYTES)));
  }

  async makeRoom(): Promise<void> {
    await rm(this.balloonPath, { force: true });
  }

  async dispose(): Promise<void> {
    run('umount', ['-l', this.path]);
    await rm(this.path, { recursive: true, force: true });
  }

  private get balloonPath(): string {
    return join(this.path, `balloon-${String(this.balloon)}`);
  }
}

const disks = new WeakMap<NatsServer, SmallDisk>();

async function smallDiskGround(): Promise<Ground> {
  const disk = await SmallDisk.mount();
  return {
    broker: async () => {
      // What comes later in a configuration wins.
      const store = `store_dir: ${JSON.stringify(join(disk.path, 'store'))}`;
      const server = await NatsServer.start({ jetstream: `  ${store}\n  ${OFFERED}` });
      disks.set(server, disk);
      return server;
    },
    dispose: () => disk.dispose(),
  };
}

/**
 * The disk itself is full, not a stream: nats-server turns JetStream off then, leases and all, until it is started again
 * with room. What it had acknowledged must be there.
 */
export const FULL_DISK_FAULT: Fault = {
  name: 'full-disk',
  about: `the broker's disk is full for ${String(FULL_FOR_MS / 1000)} s, then it is started again with room`,
  isOptional: true,
  obstacle: () => (process.getuid?.() === 0 ? undefined : 'only root may mount a small disk'),
  ground: smallDiskGround,
  async inject(stage) {
    const server = soleServer(stage);
    const disk = disks.get(server);
    if (disk === undefined) throw new Error('The broker has no disk of its own.');
    const strike = stage.strike('machine', 'the disk of NATS is full');
    await disk.fill();
    await stage.sleep(FULL_FOR_MS);
    await disk.makeRoom();
    await server.restart();
    strike.until = performance.now();
    await stage.sleep(3000);
  },
};

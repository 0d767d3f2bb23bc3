import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { compileTools } from '../definition/compile-tools.js';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { RegisteredTools } from './registered-tools.js';
import { ToolPublication } from './tool-publication.js';

function toolsOf(worker: string, ...names: string[]) {
  const registrations = names.map((name) =>
    handlerRegistration({ name, description: 'A tool.', arguments: NoArguments }, { run: () => 1 }, name),
  );
  return compileTools(registrations, worker).tools;
}

class FakeBucket {
  readonly values = new Map<string, string>();
  puts = 0;
  isAway = false;

  async get(key: string) {
    if (this.isAway) throw new Error('away');
    const value = this.values.get(key);
    return value === undefined ? undefined : { key, value: Buffer.from(value), revision: 1 };
  }

  async put(key: string, value: Uint8Array | string): Promise<number> {
    if (this.isAway) throw new Error('away');
    this.puts += 1;
    this.values.set(key, String(value));
    return this.puts;
  }
}

function setUp() {
  const clock = new VirtualClock();
  const bucket = new FakeBucket();
  const registered = new RegisteredTools();
  const publication = new ToolPublication({ bucket, clock, log: Log.silent(), registered });
  return { clock, bucket, registered, publication };
}

const [mine] = toolsOf('mine', 'a');
const MINE = JSON.stringify(mine?.definition);
const [other] = toolsOf('other', 'a');
const OTHERS = JSON.stringify(other?.definition);

describe('ToolPublication', () => {
  it('stores each definition once and then only looks', async () => {
    const { clock, bucket, registered, publication } = setUp();
    expect(registered.check()).toEqual({ status: 'down', names: [] });
    publication.start(toolsOf('mine', 'b', 'a'));
    expect(registered.check()).toEqual({ status: 'down', names: ['a', 'b'] });
    await clock.advance(60_000);
    expect(bucket.puts).toBe(2);
    expect(bucket.values.get('a')).toBe(MINE);
    expect(registered.check()).toEqual({ status: 'up', names: ['a', 'b'] });
    await publication.stop();
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('does not write what is there already', async () => {
    const { clock, bucket, registered, publication } = setUp();
    bucket.values.set('a', MINE);
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(0);
    expect(bucket.puts).toBe(0);
    expect(registered.isRegistered).toBe(true);
  });

  it('heals a store that was lost', async () => {
    const { clock, bucket, publication } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(1000);
    bucket.values.clear();
    await clock.advance(5000);
    expect(bucket.values.get('a')).toBe(MINE);
  });

  it('heals it at once after a reconnect', async () => {
    const { clock, bucket, publication } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(1000);
    bucket.values.clear();
    publication.refresh();
    await clock.advance(0);
    expect(bucket.values.get('a')).toBe(MINE);
  });

  it('is not ready while the broker is away, and tries every second', async () => {
    const { clock, bucket, registered, publication } = setUp();
    bucket.isAway = true;
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(3500);
    expect(registered.isRegistered).toBe(false);
    bucket.isAway = false;
    await clock.advance(500);
    expect(registered.isRegistered).toBe(true);
  });

  it('takes the place of an older definition at the start', async () => {
    const { clock, bucket, publication } = setUp();
    bucket.values.set('a', OTHERS);
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(0);
    expect(bucket.values.get('a')).toBe(MINE);
  });

  it('yields to a newer replica for a minute, so that a rolling update does not flap, then is heard again', async () => {
    const { clock, bucket, publication } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await clock.advance(0);
    bucket.values.set('a', OTHERS);
    await clock.advance(59_000);
    expect(bucket.values.get('a')).toBe(OTHERS);
    await clock.advance(6000);
    expect(bucket.values.get('a')).toBe(MINE);
  });

  it('writes nothing after it was stopped', async () => {
    const { clock, bucket, publication } = setUp();
    publication.start(toolsOf('mine', 'a'));
    await publication.stop();
    publication.refresh();
    await clock.advance(60_000);
    expect(bucket.puts).toBe(0);
  });
});

import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import type {
  BeforeApplicationShutdown,
  OnApplicationBootstrap,
  OnApplicationShutdown,
  OnModuleDestroy,
} from '@nestjs/common';
import { Log, Metrics, SystemClock } from '@interject/observability';
import { eventually } from '@interject/testing';
import { IsString } from 'class-validator';
import { loadServiceConfigs } from './bootstrap.js';
import type { ServiceOptions } from './bootstrap.options.js';
import { Env } from './env.decorator.js';
import { Readiness } from './readiness.service.js';
import { isStartError } from './runtime.errors.js';
import { ServiceConfig } from './service.config.js';
import { ServiceHost } from './service-host.js';

/** Something that a test holds open until it lets go. */
class Gate {
  entered = false;
  private release: () => void = () => undefined;
  private readonly opened = new Promise<void>((resolve) => (this.release = resolve));

  open(): void {
    this.release();
  }

  async pass(): Promise<void> {
    this.entered = true;
    await this.opened;
  }
}

@Injectable()
class Journal {
  readonly entries: string[] = [];
  readonly request = new Gate();
  readonly handler = new Gate();
  strategyFails = false;
}

class GreetingConfig {
  @Env('GREETING') @IsString() readonly greeting: string = 'hello';
}

@Controller()
class HeldController {
  constructor(
    private readonly journal: Journal,
    private readonly config: GreetingConfig,
  ) {}

  @Get('hold')
  async hold(): Promise<string> {
    await this.journal.request.pass();
    this.journal.entries.push('request ended');
    return this.config.greeting;
  }
}

/** A transport whose handler is in the middle of a job when the shutdown comes. */
@Injectable()
class FakeStrategy {
  constructor(private readonly journal: Journal) {}

  listen(callback: () => void): void {
    this.journal.entries.push('strategy listens');
    callback();
  }

  async close(): Promise<void> {
    this.journal.entries.push('strategy drains');
    await this.journal.handler.pass();
    this.journal.entries.push('strategy closed');
    if (this.journal.strategyFails) throw new Error('drain failed');
  }
}

@Injectable()
class Hooks implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(@Inject(Journal) private readonly journal: Journal) {}

  onApplicationBootstrap(): void {
    this.journal.entries.push('modules initialised');
  }

  onModuleDestroy(): void {
    this.journal.entries.push('onModuleDestroy');
  }

  beforeApplicationShutdown(): void {
    this.journal.entries.push('beforeApplicationShutdown');
  }

  onApplicationShutdown(): void {
    this.journal.entries.push('onApplicationShutdown');
  }
}

@Module({ controllers: [HeldController], providers: [Journal, FakeStrategy, Hooks] })
class AppModule {}

const HTTP = { port: () => 0, host: () => '127.0.0.1' };

type Overrides = { readonly [Key in keyof ServiceOptions]?: ServiceOptions[Key] | undefined };

function aHost(options: Overrides = {}, env: Record<string, string> = {}) {
  const complete: ServiceOptions = {
    service: 'spec',
    defaultManagementPort: 0,
    configs: [GreetingConfig],
    module: AppModule,
    strategies: [FakeStrategy],
    http: HTTP,
    ...options,
  } as ServiceOptions;
  const lines: string[] = [];
  const parts = {
    configs: loadServiceConfigs(complete, { MANAGEMENT_HOST: '127.0.0.1', ...env }),
    log: Log.create({ service: 'spec', level: 'info', destination: { write: (line) => void lines.push(line) } }),
    metrics: new Metrics(),
    readiness: new Readiness(),
    clock: new SystemClock(),
  };
  return { host: new ServiceHost(complete, parts), parts, lines };
}

const url = (port: number | undefined, path: string) => `http://127.0.0.1:${String(port)}${path}`;
const readinessAt = async (port: number) =>
  ((await (await fetch(url(port, '/health/ready'))).json()) as { status: string }).status;

describe('ServiceHost', () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });

  /** Starts one and gives the journal of its application. */
  async function started(options: Overrides = {}, env: Record<string, string> = {}) {
    let journal: Journal | undefined;
    const capture = {
      ...HTTP,
      configure: (app: { get(type: typeof Journal): Journal }) => void (journal = app.get(Journal)),
    };
    const { host, lines, parts } = aHost({ http: capture, ...options }, env);
    cleanUps.push(async () => {
      journal?.request.open();
      journal?.handler.open();
      await host.stop();
    });
    const ports = await host.start();
    if (journal === undefined) throw new Error('configure was not called');
    return { host, lines, parts, journal, ...ports };
  }

  it('initialises the modules, then starts the strategies, then listens', async () => {
    const { journal, managementPort, httpPort } = await started({}, { GREETING: 'good day' });
    expect(journal.entries).toEqual(['modules initialised', 'strategy listens']);
    expect(await readinessAt(managementPort)).toBe('ready');
    journal.request.open();
    expect(await (await fetch(url(httpPort, '/hold'))).text()).toBe('good day');
  });

  it('has no room for more connections than it is told', async () => {
    const capture = { ...HTTP, maxConnections: 1, configure: () => undefined };
    const { host } = aHost({ http: capture, strategies: [] });
    cleanUps.push(() => host.stop());
    const { httpPort = 0 } = await host.start();
    const ended = async (): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connect(httpPort, '127.0.0.1');
        cleanUps.push(() => socket.destroy());
        socket.once('close', () => {
          resolve(true);
        });
        socket.write('GET /nowhere HTTP/1.1\r\nhost: spec\r\n\r\n');
        socket.once('data', () => {
          resolve(false);
        });
        socket.on('error', () => undefined);
      });
    expect(await ended()).toBe(false);
    expect(await ended()).toBe(true);
  });

  it('stops in order: not ready, HTTP drained, strategies drained, hooks, management last', async () => {
    const { host, journal, managementPort, httpPort } = await started();
    const held = fetch(url(httpPort, '/hold'));
    await eventually(() => journal.request.entered);
    journal.entries.length = 0;

    const stopped = host.stop();
    expect(await readinessAt(managementPort)).toBe('shutting_down');
    await eventually(async () => {
      // Not /hold: until the listener is closed a request may still come in.
      await expect(fetch(url(httpPort, '/none'))).rejects.toThrow();
      return true;
    });
    expect(journal.entries).toEqual([]);

    journal.request.open();
    expect(await (await held).text()).toBe('hello');
    await eventually(() => journal.handler.entered);
    expect(await readinessAt(managementPort)).toBe('shutting_down');
    expect(journal.entries).toEqual(['request ended', 'strategy drains']);

    journal.handler.open();
    expect(await stopped).toBe(true);
    expect(journal.entries).toEqual([
      'request ended',
      'strategy drains',
      'strategy closed',
      'onModuleDestroy',
      'beforeApplicationShutdown',
      'onApplicationShutdown',
    ]);
    await expect(readinessAt(managementPort)).rejects.toThrow();
  });

  it('runs the hooks although a strategy failed to drain, and says so', async () => {
    const { host, journal, lines } = await started();
    journal.strategyFails = true;
    journal.handler.open();
    expect(await host.stop()).toBe(false);
    expect(journal.entries.slice(-3)).toEqual([
      'onModuleDestroy',
      'beforeApplicationShutdown',
      'onApplicationShutdown',
    ]);
    expect(lines.filter((line) => line.includes('shutdown step failed'))).toHaveLength(1);
  });

  it('is not held up by a connection that never sent anything', async () => {
    const { host, journal, httpPort } = await started();
    const idle = connect(httpPort ?? 0, '127.0.0.1');
    cleanUps.push(() => idle.destroy());
    idle.on('error', () => undefined);
    await new Promise((resolve) => idle.once('connect', resolve));
    journal.handler.open();
    const before = performance.now();
    expect(await host.stop()).toBe(true);
    expect(performance.now() - before).toBeLessThan(3_000);
  });

  it('needs no HTTP for a worker', async () => {
    let journal: Journal | undefined;
    @Injectable()
    class Finder {
      constructor(found: Journal, config: ServiceConfig) {
        journal = found;
        found.handler.open();
        found.entries.push(config.service);
      }
    }
    @Module({ providers: [Journal, FakeStrategy, Hooks, Finder] })
    class WorkerModule {}
    const { host } = aHost({ module: WorkerModule, http: undefined });
    const ports = await host.start();
    expect(ports.httpPort).toBeUndefined();
    expect(journal?.entries).toEqual(['spec', 'modules initialised', 'strategy listens']);
    expect(await host.stop()).toBe(true);
    expect(journal?.entries.slice(-2)).toEqual(['beforeApplicationShutdown', 'onApplicationShutdown']);
  });

  it('is live and starting while a module still waits, and can be stopped then', async () => {
    const gate = new Gate();
    @Module({ providers: [{ provide: 'broker', useFactory: () => gate.pass() }] })
    class WaitingModule {}
    const { host, lines } = aHost({ module: WaitingModule, strategies: [] });
    const start = host.start();
    const failure = start.then(
      () => undefined,
      (error: unknown) => error,
    );
    await eventually(() => gate.entered);
    const port = (JSON.parse(lines[0] ?? '{}') as { managementPort: number }).managementPort;
    expect((await fetch(url(port, '/health/live'))).status).toBe(200);
    expect(await readinessAt(port)).toBe('starting');
    expect(await host.stop()).toBe(true);
    gate.open();
    expect(isStartError(await failure)).toBe(true);
  });

  it('fails to start with a clear error when the port is taken', async () => {
    const { httpPort } = await started();
    const { host } = aHost({
      module: AppModule,
      http: { port: () => httpPort ?? 0, host: () => '127.0.0.1' },
      strategies: [],
    });
    await expect(host.start()).rejects.toThrow(
      `The HTTP port ${String(httpPort)} on 127.0.0.1 cannot be used (EADDRINUSE): free it, or configure another.`,
    );
    expect(await host.stop()).toBe(true);
  });

  it("hands a failing module's own error to the caller instead of aborting the process", async () => {
    @Module({
      providers: [
        {
          provide: 'broken',
          useFactory: () => {
            throw new RangeError('no such thing');
          },
        },
      ],
    })
    class BrokenModule {}
    const { host } = aHost({ module: BrokenModule, strategies: [] });
    await expect(host.start()).rejects.toThrow(RangeError);
    expect(await host.stop()).toBe(true);
  });
});

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort } from '@interject/testing';
import { parse, stringify } from 'yaml';
import { ROOT } from './service-process.js';

const START = { timeoutMs: 20_000, intervalMs: 100 };

interface ScrapeConfig {
  readonly job_name: string;
}

interface Answer<T> {
  readonly status: string;
  readonly error?: string;
  readonly data: T;
}

export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

export interface RuleState {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly state: string;
}

/** A real Prometheus with the configuration and rules of deploy/prometheus, and targets on this machine. */
export class PrometheusServer {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    readonly port: number,
  ) {
    child.stderr?.on('data', (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-5000);
    });
  }

  /** @param ports of each job; jobs of the configuration that are not among them are left out */
  static async start(ports: ReadonlyMap<string, number>): Promise<PrometheusServer> {
    const directory = await mkdtemp(join(tmpdir(), 'interject-prometheus-'));
    const port = await freePort();
    const deployed = parse(await readFile(join(ROOT, 'deploy/prometheus/prometheus.yml'), 'utf8')) as {
      readonly scrape_configs: readonly ScrapeConfig[];
    };
    const jobs = deployed.scrape_configs.flatMap(({ job_name }) => {
      const target = ports.get(job_name);
      return target === undefined ? [] : [{ job_name, static_configs: [{ targets: [`127.0.0.1:${String(target)}`] }] }];
    });
    const config = {
      ...deployed,
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(ROOT, 'deploy/prometheus/rules/*.yml')],
      scrape_configs: jobs,
    };
    await writeFile(join(directory, 'prometheus.yml'), stringify(config));
    const args = [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${String(port)}`,
    ];
    const child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    // Without the program there is an event, and no process.
    child.once('error', () => undefined);
    const server = new PrometheusServer(child, directory, port);
    try {
      await eventually(async () => (await fetch(`${server.url}/-/ready`)).ok, START);
    } catch (cause) {
      await server.stop();
      throw new Error(`Prometheus does not get ready (apt-get install prometheus). It printed:\n${server.output}`, {
        cause,
      });
    }
    return server;
  }

  private get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** How many series a query gives now. @throws Error with Prometheus' own words if it cannot be run */
  async series(query: string): Promise<number> {
    const { result } = await this.ask<{ readonly result: readonly unknown[] }>('query', { query });
    return result.length;
  }

  async targets(): Promise<readonly Target[]> {
    return (await this.ask<{ readonly activeTargets: readonly Target[] }>('targets')).activeTargets;
  }

  async rules(): Promise<readonly RuleState[]> {
    const { groups } = await this.ask<{ readonly groups: readonly { readonly rules: readonly RuleState[] }[] }>(
      'rules',
    );
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    if (this.child.pid !== undefined && this.child.exitCode === null) {
      const exited = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGTERM');
      await exited;
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  private async ask<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const { status, error, data } = (await response.json()) as Answer<T>;
    if (status !== 'success') throw new Error(`Prometheus: ${error ?? response.statusText}`);
    return data;
  }
}

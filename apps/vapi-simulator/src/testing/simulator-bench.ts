import { DEFAULT_QUIRKS } from '../account/quirks.js';
import { runScenario } from '../run/scenario-run.js';
import type { RunReport } from '../run/run.types.js';
import { ScenarioSource } from '../scenario/scenario-source.js';
import { SimulatorServer } from '../server/simulator-server.js';
import type { SimulatorConfig } from '../simulator.config.js';
import { FakeGateway } from './fake-gateway.js';

/** What a played scenario left behind. */
export interface Played extends RunReport {
  readonly lines: readonly string[];
}

/** A simulator and a gateway for it, on free ports. */
export class SimulatorBench {
  private constructor(
    readonly gateway: FakeGateway,
    readonly server: SimulatorServer,
    /** Where the simulator listens. */
    readonly origin: string,
  ) {}

  static async start(more: Partial<SimulatorConfig> = {}): Promise<SimulatorBench> {
    const gateway = new FakeGateway();
    const server = new SimulatorServer({
      host: '127.0.0.1',
      port: 0,
      publicOrigin: undefined,
      gatewayUrl: await gateway.listen(),
      webhookSecret: 'the-secret',
      privateKey: undefined,
      publicKey: undefined,
      apiKey: undefined,
      timeFactor: 1,
      quirks: DEFAULT_QUIRKS,
      seed: undefined,
      ...more,
    });
    return new SimulatorBench(gateway, server, await server.listen());
  }

  async stop(): Promise<void> {
    await this.server.close();
    await this.gateway.close();
  }

  /** Plays a scenario, given without its name, twenty times faster than real unless it says otherwise. */
  async play(yaml: string, timeFactor = 20): Promise<Played> {
    const lines: string[] = [];
    const report = await runScenario(new ScenarioSource('spec.yaml', `name: spec\n${yaml}`), {
      ...this.server.runDefaults(),
      timeFactor,
      onLine: (line) => lines.push(line),
      signal: new AbortController().signal,
    });
    return { ...report, lines };
  }
}

/** Looks again until it holds, for at most two seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 2_000;
  while (!holds() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
}

import Fastify, { type FastifyInstance } from 'fastify';
import { Account } from '../account/account.js';
import { applySeed } from '../account/seed.js';
import { CallRegistry } from '../call/call-registry.js';
import { ControlHandler } from '../control/control.handler.js';
import { RunError } from '../run/run.errors.js';
import { localOrigin, type SimulatorConfig } from '../simulator.config.js';
import { registerAccountRoutes } from './account.routes.js';
import { registerAdministrationRoutes } from './administration.routes.js';
import { registerBackendRoutes } from './backend.routes.js';
import { registerCallRoutes } from './call.routes.js';
import { registerControlRoutes } from './control.routes.js';
import { guardRestApi } from './rest-api.js';
import { registerScenarioRoutes, type RunDefaults } from './scenario.routes.js';

/** What `GET /health` answers with, and how a simulator is told from anything else on its port. */
export const SERVICE_NAME = 'interject-vapi-simulator';

/** The simulated Vapi as a server: control URLs, its REST API, scenarios, health, and what tests look into. */
export class SimulatorServer {
  private readonly app: FastifyInstance = Fastify({ forceCloseConnections: true });
  private readonly calls = new CallRegistry();
  private readonly account: Account;
  private readonly stopping = new AbortController();
  private origin = '';

  constructor(private readonly config: SimulatorConfig) {
    const { app, calls } = this;
    this.account = new Account(config.quirks);
    if (config.seed !== undefined) applySeed(this.account, config.seed);
    const { account } = this;
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    // Every reply of the real control URL closes its connection (VAPI.md 2.4).
    app.addHook('onSend', async (_request, reply) => void reply.header('connection', 'close'));
    app.get('/health', async () => ({ status: 'ok', service: SERVICE_NAME }));
    void app.register(async (api) => {
      guardRestApi(api, account, config.privateKey);
      registerCallRoutes(api, calls);
      registerAccountRoutes(api, account);
    });
    registerAdministrationRoutes(app, account);
    registerControlRoutes(app, new ControlHandler(calls));
    registerBackendRoutes(app, this.stopping.signal);
    registerScenarioRoutes(app, () => this.runDefaults(), this.stopping.signal);
  }

  /**
   * Starts to listen.
   * @returns the origin it listens on
   * @throws RunError `port-taken`
   */
  async listen(): Promise<string> {
    const { host, port } = this.config;
    try {
      await this.app.listen({ host, port });
      const address = this.app.server.address();
      this.origin = localOrigin(host, typeof address === 'object' && address !== null ? address.port : port);
      return this.origin;
    } catch (error) {
      const message = `cannot listen on ${host}:${port}: free the port or set SIMULATOR_PORT`;
      throw new RunError('port-taken', message, false, { cause: error });
    }
  }

  /** What every scenario is run with. */
  runDefaults(): RunDefaults {
    const { gatewayUrl, webhookSecret, publicOrigin, publicKey, apiKey, timeFactor } = this.config;
    return {
      calls: this.calls,
      account: this.account,
      target: { url: gatewayUrl, secret: webhookSecret },
      publicOrigin: publicOrigin ?? this.origin,
      publicKey,
      apiKey,
      defaultTimeFactor: timeFactor,
    };
  }

  /** Gives up what runs and closes all connections, at once. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.app.close();
  }
}

import { bearer, checkTimeout, DEFAULT_TIMEOUT_MS } from '../client-settings.js';
import { HttpExchangeClient } from '../exchange/http-exchange.client.js';
import type {
  AddMessage,
  ControlClientSettings,
  ControlMessage,
  ControlOptions,
  ControlOutcome,
  ControlTarget,
  SayMessage,
} from './control-client.types.js';
import { controlOutcomeOf } from './control-outcome.js';
import { checkControlUrl, parseAllowedOrigins } from './control-url.js';

/**
 * Speaks into live calls through their control URL. One POST per call of a method, no retries: whether to repeat is
 * for the owner of the utterance to decide, from the outcome. Network trouble is an outcome, never an exception.
 */
export class ControlClient {
  private readonly http: HttpExchangeClient;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly allowedOrigins: readonly string[];
  private readonly timeoutMs: number;

  /** @throws VapiSettingsError for a key, origin or time limit that cannot work */
  constructor(settings: ControlClientSettings = {}) {
    const { publicKey } = settings;
    this.timeoutMs = checkTimeout(settings.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.allowedOrigins = parseAllowedOrigins(settings.allowedOrigins ?? []);
    this.headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(publicKey === undefined ? {} : { authorization: bearer('publicKey', publicKey) }),
    };
    this.http = new HttpExchangeClient();
  }

  /** Has the assistant say a text, after what it is saying now unless `interruptAssistantEnabled`. */
  say(target: ControlTarget, message: SayMessage, options: ControlOptions = {}): Promise<ControlOutcome> {
    return this.post(target, { type: 'say', ...message }, options);
  }

  /** Adds a message to the conversation, with or without having the model answer it. */
  addMessage(target: ControlTarget, message: AddMessage, options: ControlOptions = {}): Promise<ControlOutcome> {
    return this.post(target, { type: 'add-message', ...message }, options);
  }

  /** Lets POSTs under way end within their time limit, then closes. */
  close(): Promise<void> {
    return this.http.close();
  }

  private async post(target: ControlTarget, message: ControlMessage, options: ControlOptions): Promise<ControlOutcome> {
    // Checked here too, though the gateway did when it stored the URL: this is where the key would leak.
    const check = checkControlUrl(target.controlUrl, target.callId, this.allowedOrigins);
    if (!check.ok) return { kind: 'refused', code: 'control-url', auth: false };
    const exchange = await this.http.send({
      method: 'POST',
      url: check.url,
      headers: this.headers,
      body: JSON.stringify(message),
      timeoutMs: this.timeoutMs,
      maxBodyBytes: 0,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.mayWrite === undefined ? {} : { mayWrite: options.mayWrite }),
    });
    return controlOutcomeOf(exchange);
  }
}

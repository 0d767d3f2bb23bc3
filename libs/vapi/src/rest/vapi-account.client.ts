import type { Clock } from '@interject/observability';
import { VapiClient } from '@vapi-ai/server-sdk';
import type { Vapi } from '@vapi-ai/server-sdk';
import { DEFAULT_VAPI_BASE_URL } from '../call/call-lookup.client.js';
import { bearer, checkBaseUrl } from '../client-settings.js';
import { idOf, objectOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';
import { listAll } from './list-all.js';
import { VapiFetcher } from './vapi-fetcher.js';
import type { AccountAssistants, AccountTools } from './vapi-account.types.js';
import { isVapiRestError, VapiRestCodes, VapiRestError } from './vapi-rest.errors.js';

export interface VapiAccountSettings {
  /** Vapi's private API key. */
  readonly apiKey: string;
  /** Default `https://api.vapi.ai`; the EU's is `https://api.eu.vapi.ai`. */
  readonly baseUrl?: string;
  /** Least time between two requests; default 700. */
  readonly spacingMs?: number;
  /** For one request; default 30,000. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
  /** Never shown in an error's text, whatever Vapi quotes. */
  readonly secrets?: readonly string[];
  /** Called before it waits, so many ms, to ask again. */
  readonly onRetry?: (error: VapiRestError, waitMs: number) => void;
}

export const DEFAULT_REQUEST_SPACING_MS = 700;
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Tools and assistants of a Vapi account, through the official SDK. For commands, not for services: to load the SDK takes
 * 0.2 s and 80 MB (docs/adr/0025). What comes back is what Vapi sent: the SDK checks nothing.
 */
export class VapiAccount implements AccountTools, AccountAssistants {
  private readonly client: VapiClient;
  private readonly fetcher: VapiFetcher;

  /** @throws VapiSettingsError for a key or base URL that cannot work */
  constructor(settings: VapiAccountSettings) {
    bearer('apiKey', settings.apiKey);
    this.fetcher = new VapiFetcher({
      spacingMs: settings.spacingMs ?? DEFAULT_REQUEST_SPACING_MS,
      timeoutMs: settings.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      clock: settings.clock,
      secrets: [settings.apiKey, ...(settings.secrets ?? [])],
      ...(settings.onRetry && { onRetry: settings.onRetry }),
    });
    this.client = new VapiClient({
      token: settings.apiKey,
      baseUrl: checkBaseUrl(settings.baseUrl ?? DEFAULT_VAPI_BASE_URL),
      fetcher: this.fetcher.fetch,
    });
  }

  listTools(): Promise<readonly JsonObject[]> {
    return listAll((window) => this.client.tools.list(window), 'tools');
  }

  async getTool(id: string): Promise<JsonObject> {
    return resourceOf(await this.client.tools.get({ id }), 'the tool');
  }

  /** Sent once and never again: an error may be ambiguous. @throws VapiRestError */
  async createTool(body: JsonObject): Promise<JsonObject> {
    return resourceOf(await this.client.tools.create(body as unknown as Vapi.CreateToolsRequest), 'the new tool');
  }

  /** The SDK wants a `type` in the body, the API says it is optional, and Vapi's own tool leaves it out (VAPI.md 5). */
  async updateTool(id: string, patch: JsonObject): Promise<void> {
    const send = (body: JsonObject): Promise<unknown> =>
      this.client.tools.update({ id, body: body as unknown as Vapi.UpdateToolsRequestBody });
    try {
      await send(patch);
    } catch (error) {
      if (!wantsType(error)) throw error;
      await send({ type: 'function', ...patch });
    }
  }

  /** What is gone already is deleted. @throws VapiRestError `vapi-conflict` while it is in use */
  async deleteTool(id: string): Promise<void> {
    try {
      await this.client.tools.delete({ id });
    } catch (error) {
      if (!isVapiRestError(error) || error.code !== VapiRestCodes.NotFound) throw error;
    }
  }

  listAssistants(): Promise<readonly JsonObject[]> {
    return listAll((window) => this.client.assistants.list(window), 'assistants');
  }

  async getAssistant(id: string): Promise<JsonObject> {
    return resourceOf(await this.client.assistants.get({ id }), 'the assistant');
  }

  /** Shallow: each field of `patch` replaces the whole one (VAPI.md 5). */
  async updateAssistant(id: string, patch: JsonObject): Promise<void> {
    await this.client.assistants.update({ id, ...patch });
  }

  close(): Promise<void> {
    return this.fetcher.close();
  }
}

function wantsType(error: unknown): boolean {
  return isVapiRestError(error) && error.status === 400 && /\btype\b/.test(error.message);
}

function resourceOf(answer: unknown, what: string): JsonObject {
  const resource = objectOf(answer);
  if (resource !== undefined && idOf(resource['id']) !== undefined) return resource;
  const text = `Vapi's answer cannot be used: ${what} in it has no id`;
  throw new VapiRestError(VapiRestCodes.Unreadable, text, { isAmbiguous: true });
}

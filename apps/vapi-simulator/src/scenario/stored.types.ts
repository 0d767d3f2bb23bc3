import type { JsonObject, JsonValue } from './json.types.js';

/** Vapi's `server.backoffPlan`; without one there are no retries. */
export interface BackoffPlan {
  readonly type: 'fixed' | 'exponential';
  readonly maxRetries: number;
  readonly baseDelaySeconds: number;
  readonly excludedStatusCodes: readonly number[];
}

/** What only a tool of the account has. */
export interface StoredToolFacts {
  /** As webhooks echo it. */
  readonly definition: JsonObject;
  /** Where its webhooks go; undefined is where those of the call go. */
  readonly server: WebhookRoute | undefined;
  /** Merged into the arguments over what the model gave; texts are Liquid templates (VAPI.md 1.2). */
  readonly staticParameters: readonly { readonly key: string; readonly value: JsonValue }[];
}

/** A `server` of the account. */
export interface WebhookRoute {
  readonly url: string;
  readonly timeoutSeconds: number;
  /** Undefined is no retry. */
  readonly backoffPlan: BackoffPlan | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** The account's assistant that a call is with. */
export interface StoredAssistantFacts {
  readonly id: string;
  readonly orgId: string;
  /** As webhooks echo it. */
  readonly definition: JsonObject;
  /** Where webhooks go that have no server of their own; undefined is the gateway of the configuration. */
  readonly server: WebhookRoute | undefined;
  /** False when nobody may speak through the control URL. */
  readonly isControlEnabled: boolean;
  /** Why a call with it fails before it begins. */
  readonly fault: string | undefined;
}

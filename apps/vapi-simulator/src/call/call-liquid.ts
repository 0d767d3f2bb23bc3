import { Liquid } from 'liquidjs';
import { isJsonObject, type JsonObject, type JsonValue } from '../scenario/json.types.js';
import type { Scenario } from '../scenario/scenario.types.js';
import type { CallFacts } from './call-facts.js';

/** Vapi renders with LiquidJS too; what is not there becomes nothing. */
const liquid = new Liquid({ strictVariables: false, strictFilters: false });

/** What templates of a call may refer to (docs.vapi.ai/assistants/dynamic-variables). */
export function callVariables(facts: CallFacts, callType: Scenario['callType'], epochMs: number): JsonObject {
  const now = new Date(epochMs);
  const common = { now: now.toISOString(), call: { id: facts.id, type: callType } };
  if (callType === 'webCall') return common;
  return {
    ...common,
    customer: { number: facts.customerNumber },
    phoneNumber: { number: facts.phoneNumber },
    transport: { callSid: facts.callSid },
  };
}

/**
 * Fills in the templates of all texts in a value, lists and mappings walked through. A text that is no template stays
 * as it is.
 */
export function render(value: JsonValue, variables: JsonObject): JsonValue {
  if (typeof value === 'string') return renderText(value, variables);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => render(item, variables));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, render(item, variables)]));
}

/** Fills in the templates of one text. */
export function renderText(text: string, variables: JsonObject): string {
  try {
    const rendered: unknown = liquid.parseAndRenderSync(text, variables);
    return String(rendered);
  } catch {
    return text;
  }
}

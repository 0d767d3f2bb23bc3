import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What `GET /calls/{callId}` tells, as far as it matters here.
 * @typedef {{ toolCallId: string, tool: string, state: string }} ToolCall
 * @typedef {{ source: string, state: string, reason?: string, tool?: string }} Utterance
 * @typedef {{ toolCalls: readonly ToolCall[], utterances: readonly Utterance[] }} CallState
 * @typedef {{ gateway: string, apiKey: string, callIds: readonly string[] }} PlayedCalls
 */

/** The caller has it: said and heard to its end, or said by the assistant from the webhook's answer. */
const HEARD = new Set(['heard', 'answered-inline']);
/** Something still comes after these. */
const UNDER_WAY = new Set(['pending', 'queued', 'held', 'sending', 'sent', 'speaking']);

const LOOK_EVERY_MS = 250;
/** A call's last records are written within this time of its end. */
const SETTLE_MS = 6_000;

/**
 * One line for each result of a call that the caller did not hear. A result without words has nothing to be heard.
 * @param {CallState} call
 * @returns {string[]}
 */
export function notHeard({ toolCalls, utterances }) {
  const running = toolCalls.filter(({ state }) => state === 'pending').map(({ tool }) => `${tool}: no result came`);
  const unheard = utterances
    .filter(({ source, state }) => source === 'result' && !HEARD.has(state))
    .map(({ tool, state, reason }) => `${tool ?? 'a tool'}: ${reason === undefined ? state : `${state} (${reason})`}`);
  return [...running, ...unheard];
}

/**
 * Whether nothing more will be recorded about the results of a call.
 * @param {CallState} call
 */
export function isSettled({ toolCalls, utterances }) {
  const results = utterances.filter(({ source }) => source === 'result');
  return ![...toolCalls, ...results].some(({ state }) => UNDER_WAY.has(state));
}

/**
 * Asks the gateway what became of the results of calls that have ended.
 * @param {PlayedCalls} played
 * @returns {Promise<string[]>} one line for each result that was not heard, or of which nothing could be learned
 */
export async function askNotHeard({ gateway, apiKey, callIds }) {
  const lines = await Promise.all(
    callIds.map(async (callId) => {
      const deadline = performance.now() + SETTLE_MS;
      for (;;) {
        const call = await stateOf(`${gateway}/calls/${encodeURIComponent(callId)}`, apiKey);
        const isOver = performance.now() >= deadline;
        if (call !== undefined && (isOver || isSettled(call))) return notHeard(call);
        if (isOver) return [`the gateway tells nothing of call ${callId}`];
        await sleep(LOOK_EVERY_MS);
      }
    }),
  );
  return lines.flat();
}

/**
 * @param {string} url
 * @param {string} apiKey
 * @returns {Promise<CallState | undefined>}
 */
async function stateOf(url, apiKey) {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(2_000),
    });
    return response.ok ? /** @type {CallState} */ (await response.json()) : undefined;
  } catch {
    return undefined;
  }
}

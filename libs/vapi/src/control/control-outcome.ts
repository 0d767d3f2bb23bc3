import { NOT_WANTED } from '../exchange/exchange.js';
import type { HttpExchange } from '../exchange/http-exchange.types.js';
import type { ControlOutcome } from './control-client.types.js';

function ofStatus(status: number, retryAfterMs: number | undefined): ControlOutcome {
  if (status < 300) return { kind: 'accepted', status };
  if (status < 400) return { kind: 'refused', code: 'control-redirect', auth: false, status };
  if (status === 429 || status === 503) {
    return { kind: 'throttled', status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (status >= 500) return { kind: 'unknown', code: `HTTP_${String(status)}`, status };
  const auth = status === 401 || status === 403;
  return { kind: 'refused', code: auth ? 'control-auth' : 'control-refused', auth, status };
}

/** What an exchange means for the utterance that was sent with it (DESIGN "Sending"). */
export function controlOutcomeOf(exchange: HttpExchange): ControlOutcome {
  if (exchange.kind === 'response') return ofStatus(exchange.status, exchange.retryAfterMs);
  if (exchange.code === NOT_WANTED && !exchange.written) return { kind: 'abandoned' };
  return { kind: exchange.written ? 'unknown' : 'unreachable', code: exchange.code };
}

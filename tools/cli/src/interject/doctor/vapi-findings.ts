import { parseAllowedOrigins } from '@interject/vapi';
import { fail, ok, warn } from '../finding.js';
import type { Finding } from '../finding.js';
import type { DoctorConfig } from './doctor.config.js';
import { probe } from './http-probe.js';
import type { Probe } from './http-probe.js';

const EGRESS =
  'Let this machine reach https://*.vapi.ai, port 443: control URLs are there, too, each call has its own host.';
const SKEW_WARN_MS = 5000;
/** Signed webhooks are taken within 5 minutes; callbacks within two. */
const SKEW_FAIL_MS = 60_000;
/** A date header tells whole seconds. */
const DATE_STEP_MS = 1000;

/** Which control URLs are taken, and whether those beyond Vapi's are reached. */
export async function controlUrlFindings({ allowedOrigins }: DoctorConfig): Promise<readonly Finding[]> {
  const rule = 'https://<host below vapi.ai>/<call id>/control';
  let origins: readonly string[];
  try {
    origins = parseAllowedOrigins(allowedOrigins);
  } catch (error) {
    const text = `VAPI_CONTROL_URL_ALLOWED_ORIGINS: ${(error as Error).message}`;
    return [fail('control URLs', text, 'Gateway and notifier do not start like that: correct it, or leave it out.')];
  }
  if (origins.length === 0) return [ok('control URLs', `taken: ${rule}`)];
  const text = `taken: ${rule}, and below ${origins.join(', ')}`;
  const answers = await Promise.all(origins.map(async (origin) => ({ origin, answer: await probe(`${origin}/`) })));
  return [
    warn('control URLs', text, 'For the simulator. In production leave VAPI_CONTROL_URL_ALLOWED_ORIGINS out.'),
    ...answers.map(({ origin, answer }) =>
      answer.kind === 'answered'
        ? ok('control egress', `${origin} is reached`)
        : fail('control egress', `${origin} is not reached: ${answer.why}`, 'Nothing can be said in calls there.'),
    ),
  ];
}

/** Whether Vapi is reached, whether it takes the API key, and how far our clock is off. */
export async function vapiFindings({ baseUrl, apiKey }: DoctorConfig): Promise<readonly Finding[]> {
  if (!/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl)) {
    return [
      fail('Vapi', 'VAPI_BASE_URL is no URL', 'Leave it out, or set https://api.vapi.ai or https://api.eu.vapi.ai'),
    ];
  }
  const origin = new URL(baseUrl).origin;
  const url = `${baseUrl.replace(/\/+$/, '')}/assistant?limit=1`;
  const answer = await probe(url, apiKey === undefined ? {} : { headers: { authorization: `Bearer ${apiKey}` } });
  if (answer.kind === 'unreachable') return [fail('Vapi', `${origin} is not reached: ${answer.why}`, EGRESS)];
  return [
    ok('Vapi', `${origin} is reached`),
    keyFinding(answer.status, apiKey !== undefined, origin),
    clockFinding(answer),
  ];
}

function keyFinding(status: number, hasKey: boolean, origin: string): Finding {
  const what = 'API key';
  if (!hasKey) {
    return warn(what, 'VAPI_API_KEY is not set', 'Without it a refused control URL cannot be told from an ended call.');
  }
  if (status === 200) return ok(what, `taken by ${origin}`);
  if (status === 401 || status === 403) {
    return fail(
      what,
      `refused (${String(status)})`,
      'Set VAPI_API_KEY to the private key of the organisation, of this region.',
    );
  }
  return warn(
    what,
    `${origin} answered ${String(status)}`,
    'Try again; if it stays so: is VAPI_BASE_URL that of Vapi?',
  );
}

/** @internal for its spec */
export function clockFinding({ date, at }: Extract<Probe, { readonly kind: 'answered' }>): Finding {
  const what = 'clock';
  if (date === undefined) return ok(what, 'not compared: the answer has no date');
  // The header is up to a second old when it is made.
  const skewMs = at - date;
  const off = skewMs > 0 ? Math.max(0, skewMs - DATE_STEP_MS) : -skewMs;
  const text = `off by about ${(off / 1000).toFixed(0)} s`;
  const advice = 'Set the clock by NTP: signed webhooks and callbacks are refused when it is off too far.';
  if (off > SKEW_FAIL_MS) return fail(what, text, advice);
  return off > SKEW_WARN_MS ? warn(what, text, advice) : ok(what, 'right, to the second');
}

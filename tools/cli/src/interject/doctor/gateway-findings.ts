import { fail, ok, warn } from '../finding.js';
import type { Finding } from '../finding.js';
import type { DoctorConfig } from './doctor.config.js';
import { probe } from './http-probe.js';

const MODES: ReadonlySet<string> = new Set(['secret', 'bearer', 'hmac']);
const SHORT_SECRET = 16;
const LOCAL = /^http:\/\/(localhost|127\.|\[::1\])/;

/** How webhooks prove where they come from. */
export function authenticationFinding({ webhookAuth, webhookSecret }: DoctorConfig): Finding {
  const what = 'webhook auth';
  if (webhookAuth === 'none') {
    return fail(
      what,
      'VAPI_WEBHOOK_AUTH=none: anybody can run your tools',
      'Set secret, bearer or hmac, here and at Vapi.',
    );
  }
  if (webhookAuth === undefined || !MODES.has(webhookAuth)) {
    const text = webhookAuth === undefined ? 'VAPI_WEBHOOK_AUTH is not set' : 'VAPI_WEBHOOK_AUTH is no mode';
    return fail(what, text, 'The gateway does not start like that: set secret, bearer or hmac, as at Vapi.');
  }
  const shortest = Math.min(...(webhookSecret ?? '').split(/[,\r\n]/).map((secret) => secret.trim().length));
  if (shortest === 0)
    return fail(what, `${webhookAuth} without VAPI_WEBHOOK_SECRET`, 'Set it to what is configured at Vapi.');
  if (shortest < SHORT_SECRET) {
    return warn(what, `${webhookAuth}, a secret of ${String(shortest)} characters`, 'Take a random one of 32 or more.');
  }
  return ok(what, webhookAuth);
}

/** Whether the webhook URL is reached from here, and a gateway of ours is behind it. */
export async function webhookFindings({ publicUrl, interjectApiKey }: DoctorConfig): Promise<readonly Finding[]> {
  const what = 'webhook URL';
  if (publicUrl === undefined) {
    return [
      warn(
        what,
        'GATEWAY_PUBLIC_URL is not set',
        'Set it to where Vapi reaches the gateway: it cannot be tried without.',
      ),
    ];
  }
  if (!/^https?:\/\//.test(publicUrl) || !URL.canParse(publicUrl)) {
    return [
      fail(
        what,
        'GATEWAY_PUBLIC_URL is no URL',
        'Set it to where Vapi reaches the gateway, e.g. https://interject.example.com',
      ),
    ];
  }
  const base = publicUrl.replace(/\/+$/, '');
  const url = `${base}/vapi/webhook`;
  // No message of Vapi: it is refused by whoever checks, and does nothing with who does not.
  const answer = await probe(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  if (answer.kind === 'unreachable') {
    return [
      fail(
        what,
        `${url} is not reached from here: ${answer.why}`,
        'Is the gateway running, and its name and TLS in place?',
      ),
    ];
  }
  const findings = [webhookFinding(url, answer.status), await apiFinding(base, interjectApiKey)];
  return publicUrl.startsWith('http:') && !LOCAL.test(publicUrl)
    ? [...findings, warn(what, 'it is http', 'Vapi sends what callers say to it: put TLS before it.')]
    : findings;
}

function webhookFinding(url: string, status: number): Finding {
  const what = 'webhook URL';
  switch (status) {
    case 401:
      return ok(what, `${url} is reached, and refuses who does not prove itself`);
    case 400:
      return fail(
        what,
        `${url} takes webhooks from anybody`,
        'Set VAPI_WEBHOOK_AUTH of the gateway to secret, bearer or hmac.',
      );
    case 503:
      return warn(what, `${url} is overloaded or has no NATS just now (503)`, 'Look at npm run interject -- health');
    default:
      return fail(
        what,
        `${url} answered ${String(status)}`,
        'That is no gateway of ours: does a proxy change the path?',
      );
  }
}

/** Only ours tells what it wants here. */
async function apiFinding(base: string, key: string | undefined): Promise<Finding> {
  const what = 'gateway API';
  const answer = await probe(`${base}/tools`, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } });
  if (answer.kind === 'unreachable') return fail(what, `not reached: ${answer.why}`, 'Is the gateway running?');
  const { status, body } = answer;
  const isOurs = body.includes('INTERJECT_API_KEY') || body.includes('"tools"');
  if (!isOurs)
    return warn(
      what,
      `GET /tools answered ${String(status)}, not as ours does`,
      'What answers there? Perhaps a proxy.',
    );
  if (status === 200) return ok(what, 'answers as ours');
  if (status === 403) return ok(what, 'answers as ours; closed, without INTERJECT_API_KEY at the gateway');
  if (key === undefined) return ok(what, 'answers as ours, and wants INTERJECT_API_KEY');
  return fail(what, 'refuses INTERJECT_API_KEY', 'Set the same key here, at the gateway and at your backends.');
}

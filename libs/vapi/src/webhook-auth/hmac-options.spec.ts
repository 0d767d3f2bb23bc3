import { describe, expect, it } from '@jest/globals';
import { AUTH_BODY, AUTH_NOW, HMAC_PLAN, judge, NEW_KEY, signed } from '../fixtures/signed-webhook.js';
import type { HmacSettings } from '../fixtures/signed-webhook.js';

const URL_AT_VAPI = 'https://interject.example/vapi/webhook';
const OLD_KEY = 'c2VjcmV0LWtleS1vZi1vbGQ=';
const OTHER_KEY = 'b3RoZXItc2VjcmV0LWtleS0x';

/** Every value of every option with every other. */
function* allPlans(): Generator<HmacSettings> {
  for (const algorithm of ['sha256', 'sha512', 'sha1'] as const) {
    for (const signatureEncoding of ['hex', 'base64'] as const) {
      for (const signaturePrefix of ['', 'sha256=', 'v1,']) {
        for (const payload of PAYLOADS) {
          for (const secretIsBase64 of [false, true]) {
            for (const secrets of [[NEW_KEY], [OLD_KEY, NEW_KEY]]) {
              yield {
                ...HMAC_PLAN,
                algorithm,
                signatureEncoding,
                signaturePrefix,
                secretIsBase64,
                secrets,
                ...payload,
              };
            }
          }
        }
      }
    }
  }
}

const PAYLOADS: readonly Partial<HmacSettings>[] = [
  {},
  { timestampHeader: undefined, payloadFormat: '{body}' },
  { payloadFormat: '{svix-id}.{timestamp}.{body}', messageIdHeader: 'Svix-Id' },
  { payloadFormat: '{method}\n{url}\n{timestamp}\n{body}\n', url: URL_AT_VAPI },
];

describe('HMAC, every option with every other', () => {
  const plans = [...allPlans()];

  it('is a table of 288 plans', () => {
    expect(plans).toHaveLength(288);
  });

  it('accepts what is signed with any of the secrets, in seconds and milliseconds', () => {
    for (const plan of plans) {
      for (const key of plan.secrets) {
        for (const timestamp of [String(AUTH_NOW), String(Math.floor(AUTH_NOW / 1000))]) {
          expect([plan, judge(plan, signed(plan, { key, timestamp }))]).toEqual([plan, 'authentic']);
        }
      }
    }
  });

  it('refuses another key, another body, and another timestamp, message id or address than was signed', () => {
    for (const plan of plans) {
      const headers = signed(plan);
      const refused = (what: string, verdict: string) => {
        expect([what, plan, verdict]).toEqual([what, plan, 'credential-wrong']);
      };
      refused('key', judge(plan, signed(plan, { key: OTHER_KEY })));
      refused('kind of key', judge(plan, signed({ ...plan, secretIsBase64: !plan.secretIsBase64 })));
      for (const at of [0, AUTH_BODY.length - 1]) {
        const body = Buffer.from(AUTH_BODY);
        body.writeUInt8(body.readUInt8(at) ^ 1, at);
        refused(`byte ${String(at)}`, judge(plan, headers, body));
      }
      refused('shorter', judge(plan, headers, AUTH_BODY.subarray(1)));
      refused('longer', judge(plan, headers, Buffer.concat([AUTH_BODY, Buffer.from(' ')])));
      refused('empty', judge(plan, headers, new Uint8Array()));
      if (plan.timestampHeader !== undefined) {
        refused('timestamp', judge(plan, { ...headers, 'x-timestamp': [String(AUTH_NOW + 1)] }));
      }
      if (plan.messageIdHeader !== undefined) refused('id', judge(plan, { ...headers, 'svix-id': ['msg_2'] }));
      if (plan.url !== undefined) refused('url', judge({ ...plan, url: `${URL_AT_VAPI}/` }, headers));
    }
  });

  it('refuses the signature of another algorithm, encoding or prefix', () => {
    for (const plan of plans) {
      const headers = signed(plan);
      const others: readonly Partial<HmacSettings>[] = [
        ...(['sha256', 'sha512', 'sha1'] as const).map((algorithm) => ({ algorithm })),
        ...(['hex', 'base64'] as const).map((signatureEncoding) => ({ signatureEncoding })),
        { signaturePrefix: 'v0=' },
      ];
      for (const other of others) {
        const isSame = Object.entries(other).every(([name, value]) => plan[name as keyof HmacSettings] === value);
        const verdict = judge({ ...plan, ...other }, headers);
        expect([plan, other, verdict]).toEqual([plan, other, isSame ? 'authentic' : 'credential-malformed']);
      }
    }
  });
});

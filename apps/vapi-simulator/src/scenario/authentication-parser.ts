import { HMAC_ALGORITHMS, type Authentication } from '../webhooks/authentication.types.js';
import type { ScenarioNode } from './scenario-node.js';

const KEYS = {
  none: ['type'],
  secret: ['type', 'secret'],
  bearer: ['type', 'token', 'headerName', 'bearerPrefixEnabled'],
  hmac: [
    'type',
    'secretKey',
    'secretIsBase64',
    'algorithm',
    'signatureHeader',
    'signaturePrefix',
    'signatureEncoding',
    'includeTimestamp',
    'timestampHeader',
    'timestampUnit',
    'payloadFormat',
    'messageIdHeader',
  ],
} as const;

/** Reads `authentication`; undefined leaves it to the environment. Defaults are Vapi's (VAPI.md 3). */
export function parseAuthentication(node: ScenarioNode): Authentication | undefined {
  if (node.missing) return undefined;
  const type = node.at('type').oneOf(['none', 'secret', 'bearer', 'hmac']);
  node.mapping(KEYS[type]);
  switch (type) {
    case 'none':
      return { type };
    case 'secret':
      return { type, secret: node.at('secret').string('the secret') };
    case 'bearer':
      return {
        type,
        token: node.at('token').string('the token'),
        headerName: text(node, 'headerName', 'Authorization'),
        bearerPrefixEnabled: flag(node, 'bearerPrefixEnabled', true),
      };
    case 'hmac':
      return parseHmac(node);
  }
}

function parseHmac(node: ScenarioNode): Authentication {
  const includeTimestamp = flag(node, 'includeTimestamp', true);
  return {
    type: 'hmac',
    secretKey: node.at('secretKey').string('the key'),
    secretIsBase64: flag(node, 'secretIsBase64', false),
    algorithm: node.at('algorithm').optional((n) => n.oneOf(HMAC_ALGORITHMS), 'sha256'),
    signatureHeader: text(node, 'signatureHeader', 'x-signature'),
    signaturePrefix: text(node, 'signaturePrefix', ''),
    signatureEncoding: node.at('signatureEncoding').optional((n) => n.oneOf(['hex', 'base64']), 'hex'),
    includeTimestamp,
    timestampHeader: text(node, 'timestampHeader', 'x-timestamp'),
    timestampUnit: node.at('timestampUnit').optional((n) => n.oneOf(['seconds', 'milliseconds']), 'milliseconds'),
    payloadFormat: text(node, 'payloadFormat', includeTimestamp ? '{timestamp}.{body}' : '{body}'),
    messageIdHeader: node.at('messageIdHeader').optional((n) => n.string('a header name'), undefined),
  };
}

function text(node: ScenarioNode, key: string, otherwise: string): string {
  return node.at(key).optional((n) => n.string(), otherwise);
}

function flag(node: ScenarioNode, key: string, otherwise: boolean): boolean {
  return node.at(key).optional((n) => n.boolean(), otherwise);
}

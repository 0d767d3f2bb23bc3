import { fail, flag, mapping, number, object, oneOf, text, texts, type Check } from './checks.js';

/** The SDK's typings call these objects; the API takes whole numbers (VAPI.md 4). */
const statuses: Check = (value, place) =>
  Array.isArray(value) && value.every((status) => Number.isInteger(status))
    ? (value as readonly number[])
    : fail({ ...place, name: `each value in ${place.name}` }, 'must be an integer number');

/** `server.backoffPlan`, with Vapi's bounds (VAPI.md 4). */
const backoffPlan: Check = object({
  required: {
    type: oneOf(['fixed', 'exponential']),
    maxRetries: number({ min: 0, max: 10 }),
    baseDelaySeconds: number({ min: 0, max: 10 }),
  },
  optional: { excludedStatusCodes: statuses },
});

/** Where webhooks of a tool or an assistant go. `secret` is not in OpenAPI any more, but works (VAPI.md 3). */
export const server: Check = object({
  optional: {
    url: text(),
    timeoutSeconds: number({ min: 1, max: 300 }),
    credentialId: text(),
    secret: text(),
    staticIpAddressesEnabled: flag,
    encryptedPaths: texts(),
    headers: mapping,
    backoffPlan,
  },
});

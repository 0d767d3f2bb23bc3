import { describe, expect, it } from '@jest/globals';
import {
  FIXTURE_RECEIVED_AT,
  FIXTURE_SENT_AT,
  PRIVATE_MARK,
  toolCall,
  toolCallsBody,
  webhookFixture,
  webhookFixtures,
} from '../testing.js';
import { WebhookEventTypes } from './event-types.constants.js';
import { normalizeWebhook, webhookLabel } from './normalize-webhook.js';

const labels: readonly string[] = [...WebhookEventTypes, 'unknown', 'malformed'];

describe('normalizeWebhook', () => {
  it.each(webhookFixtures)('reads $name', ({ body, options, expected }) => {
    expect(normalizeWebhook(body, FIXTURE_RECEIVED_AT, options)).toStrictEqual(expected);
  });

  it.each(webhookFixtures)('lets nothing private out of $name', ({ body, options }) => {
    expect(JSON.stringify(normalizeWebhook(body, FIXTURE_RECEIVED_AT, options))).not.toContain(PRIVATE_MARK);
  });

  it.each(webhookFixtures)('leaves the body of $name as it was', ({ body, options }) => {
    const before = JSON.stringify(body);
    normalizeWebhook(body, FIXTURE_RECEIVED_AT, options);
    expect(JSON.stringify(body)).toBe(before);
  });

  it.each(webhookFixtures)('has a bounded label for $name', ({ body, options }) => {
    expect(labels).toContain(webhookLabel(normalizeWebhook(body, FIXTURE_RECEIVED_AT, options)));
  });

  it('gives the label of unknown and unreadable webhooks', () => {
    expect(webhookLabel({ kind: 'unknown', type: 'call.hologram.started' })).toBe('unknown');
    expect(webhookLabel({ kind: 'malformed', problem: 'no-message' })).toBe('malformed');
    expect(webhookLabel({ kind: 'malformed', problem: 'no-status', type: 'status-update' })).toBe('status-update');
  });
});

describe('the legacy function-call without an id', () => {
  const { body, options } = webhookFixture('function-call: without id, arguments as a string');
  const idOf = (changes: object) => {
    const { message } = body as { message: object };
    const read = normalizeWebhook({ message: { ...message, ...changes } }, FIXTURE_RECEIVED_AT, options);
    return read.kind === 'tool-calls' ? read.toolCalls[0]?.toolCallId : undefined;
  };

  it('has the same id when it is delivered again', () => {
    expect(idOf({ artifact: { presignedUrlsExpiresAt: 2 } })).toBe(idOf({ artifact: { presignedUrlsExpiresAt: 1 } }));
  });

  it('has another id when it is made again', () => {
    expect(idOf({ timestamp: FIXTURE_SENT_AT + 1 })).not.toBe(idOf({}));
  });
});

describe('the fixtures', () => {
  it('have unique names', () => {
    const names = webhookFixtures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(WebhookEventTypes)('cover %s', (type) => {
    const types = webhookFixtures.map(({ expected }) => ('type' in expected ? expected.type : undefined));
    expect(types).toContain(type);
  });

  it('are found by name, with a clear error for a wrong one', () => {
    expect(webhookFixture('hang').expected.kind).toBe('call-seen');
    expect(() => webhookFixture('hangs')).toThrow(/No webhook fixture "hangs".*hang/);
  });

  it('can be built for any tool call', () => {
    const read = normalizeWebhook(
      toolCallsBody([toolCall('a', 'send_mail', {})], { async: false }),
      FIXTURE_RECEIVED_AT,
    );
    expect(read).toMatchObject({ toolCalls: [{ toolCallId: 'a', tool: 'send_mail', mode: 'sync' }] });
  });
});

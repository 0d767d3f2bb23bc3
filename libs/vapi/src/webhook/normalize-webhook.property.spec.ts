import {
  CallEnded,
  CallStatusChanged,
  FloorChanged,
  MAX_ID_LENGTH,
  parse,
  ToolCallRequested,
} from '@interject/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WebhookEventTypes } from './event-types.constants.js';
import { normalizeWebhook, webhookLabel } from './normalize-webhook.js';
import type { NormalizedToolCall, NormalizedWebhook } from './normalized-webhook.types.js';
import { MAX_TOOL_CALLS } from './tool-call-list.js';

const RECEIVED_AT = 1_758_835_612_300;
const RUNS = { numRuns: 1_500 };
const labels: ReadonlySet<string> = new Set([...WebhookEventTypes, 'unknown', 'malformed']);

/** Anything that JSON can hold, by way of text: as it comes from the wire. */
const anyJson = fc.json({ maxDepth: 6 }).map((text): unknown => JSON.parse(text));

/** Bodies that look like Vapi's from afar: right names, anything inside. */
const oneOfOrAny = (...values: readonly unknown[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: anyJson });
const id = fc.oneof(
  fc.constantFrom('call_1', 'call_2'),
  fc.constantFrom('call_1', 'call_2', '', ' ', '\uFE0F', 'x'.repeat(MAX_ID_LENGTH), 'y'.repeat(MAX_ID_LENGTH + 1)),
  fc.string({ unit: 'binary' }),
  anyJson,
);
const args = fc.oneof(anyJson, fc.json(), fc.dictionary(fc.string(), anyJson));
const name = oneOfOrAny('build_report', 'send-mail', '__proto__', 'a b', 'n'.repeat(65));
const call = fc.record(
  { id, function: fc.record({ name, arguments: args }, { requiredKeys: [] }), name, parameters: args },
  {
    requiredKeys: [],
  },
);
const calls = fc.oneof(fc.array(fc.oneof(call, anyJson), { maxLength: 4 }), anyJson);
const withTool = fc.record(
  { toolCall: fc.oneof(call, anyJson), async: oneOfOrAny(true, false, null), name },
  {
    requiredKeys: [],
  },
);
const said = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(fc.record({ text: fc.string() }), anyJson)),
  anyJson,
);
const history = fc.oneof(
  fc.array(
    fc.oneof(fc.record({ role: oneOfOrAny('bot', 'assistant', 'user'), message: said, content: said }), anyJson),
    {
      maxLength: 4,
    },
  ),
  anyJson,
);
const seconds = fc.oneof(fc.double(), fc.integer().map(String), anyJson);
const configured = fc.record({ silenceTimeoutSeconds: seconds, maxDurationSeconds: seconds }, { requiredKeys: [] });
const message = fc.record(
  {
    type: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('tool-calls', 'status-update', 'end-of-call-report', 'speech-update') },
      { weight: 1, arbitrary: fc.constantFrom('assistant.speechStarted', 'conversation-update') },
      { weight: 1, arbitrary: oneOfOrAny(...WebhookEventTypes, 'tool_calls', 'transcript[x]') },
    ),
    timestamp: fc.oneof(
      fc.double(),
      fc.date().map(String),
      fc.constantFrom('2024-07-12T20:15:30.250Z', '2024-99-99T'),
      anyJson,
    ),
    call: fc.oneof(
      fc.record(
        { id, monitor: fc.record({ controlUrl: oneOfOrAny('https://a.vapi.ai/x/control') }) },
        { requiredKeys: [] },
      ),
      anyJson,
    ),
    status: oneOfOrAny('ended', 'in-progress', 'unknown', 'started', 'stopped', 'x'),
    role: oneOfOrAny('user', 'assistant'),
    turn: oneOfOrAny(0, 3, -1, 1.5, 2 ** 60),
    endedReason: oneOfOrAny('customer-ended-call', 'r'.repeat(500), '\uFE0F'.repeat(300)),
    toolCallList: calls,
    toolCalls: calls,
    toolWithToolCallList: fc.oneof(fc.array(withTool, { maxLength: 4 }), anyJson),
    functionCall: fc.oneof(call, anyJson),
    text: fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), anyJson),
    source: oneOfOrAny('model', 'force-say', 'custom-voice'),
    messages: history,
    messagesOpenAIFormatted: history,
    conversation: history,
    assistant: fc.oneof(configured, anyJson),
    assistantOverrides: fc.oneof(configured, anyJson),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  { weight: 4, arbitrary: fc.record({ message }) },
  { weight: 1, arbitrary: message },
  {
    weight: 1,
    arbitrary: anyJson,
  },
);

function parseToolCall(callId: string, toolCall: NormalizedToolCall): void {
  expect(toolCall.toolCallId).not.toBe('');
  parse(ToolCallRequested, {
    callId,
    toolCallId: toolCall.toolCallId,
    tool: toolCall.tool,
    mode: toolCall.mode,
    arguments: toolCall.arguments.ok ? toolCall.arguments.value : {},
    requestedAt: RECEIVED_AT,
    graceMs: 0,
    queueExpiryMs: 1,
    watchdogMs: 1,
    onCallEnded: 'finish',
  });
}

/** Gives what came out to the contracts, as the gateway does. */
function check(read: NormalizedWebhook): void {
  expect(labels.has(webhookLabel(read))).toBe(true);
  if ('at' in read) expect(Number.isSafeInteger(read.at) && read.at >= 0).toBe(true);
  switch (read.kind) {
    case 'tool-calls': {
      for (const toolCall of read.toolCalls) parseToolCall(read.call?.id ?? 'chat', toolCall);
      expect(new Set(read.toolCalls.map(({ toolCallId }) => toolCallId)).size).toBe(read.toolCalls.length);
      expect(read.skipped).toBeGreaterThanOrEqual(0);
      return;
    }
    case 'status':
      parse(CallStatusChanged, read);
      expect(read.status).not.toBe('ended');
      return;
    case 'ended':
      parse(CallEnded, read);
      return;
    case 'floor':
      parse(FloorChanged, { ...read, receivedAt: RECEIVED_AT });
      expect(read.evidence !== undefined).toBe(read.change === 'said');
      if (read.change === 'said') expect(read.speaker).toBe('assistant');
      return;
    case 'call-seen':
      expect(read.callId.length).toBeGreaterThan(0);
      return;
    case 'unknown':
      expect(read.type).toMatch(/^[\w.[\]="-]{1,64}$/);
      return;
    case 'ignored':
    case 'malformed':
  }
}

describe('normalizeWebhook, whatever is sent', () => {
  it('reads any JSON without throwing, and gives nothing that the contracts refuse', () => {
    fc.assert(
      fc.property(body, fc.boolean(), (sent, acceptLegacyFunctionCall) => {
        check(normalizeWebhook(sent, RECEIVED_AT, { acceptLegacyFunctionCall }));
      }),
      RUNS,
    );
  });

  it('reads tool calls alike, whichever of the three lists they are in', () => {
    const list = fc.uniqueArray(fc.record({ id: fc.uuid(), n: fc.integer() }), {
      selector: (each) => each.id,
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        list,
        fc.subarray(['toolCallList', 'toolCalls', 'toolWithToolCallList'], { minLength: 1 }),
        (ids, lists) => {
          const plain = ids.map((each) => ({ id: each.id, function: { name: 'tool', arguments: { n: each.n } } }));
          const withTools = plain.map((toolCall) => ({ async: true, toolCall }));
          const fields = lists.map((key) => [key, key === 'toolWithToolCallList' ? withTools : plain] as const);
          const read = normalizeWebhook(
            { message: { type: 'tool-calls', ...Object.fromEntries(fields) } },
            RECEIVED_AT,
          );
          expect(read).toMatchObject({
            kind: 'tool-calls',
            skipped: 0,
            toolCalls: ids.map((each) => ({
              toolCallId: each.id,
              mode: 'async',
              arguments: { ok: true, value: { n: each.n } },
            })),
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('looks at no more of an endless history than its end', () => {
    const entry = { role: 'bot', message: 'the same words over and over '.repeat(100) };
    const messages = Array.from({ length: 3000 }, () => entry);
    const sent = { message: { type: 'conversation-update', call: { id: 'call_1' }, messages } };
    const started = performance.now();
    for (let count = 0; count < 1000; count += 1) normalizeWebhook(sent, RECEIVED_AT);
    // A millisecond each, where reading the whole would take tens.
    expect(performance.now() - started).toBeLessThan(5000);
    const read = normalizeWebhook(sent, RECEIVED_AT);
    expect(read).toMatchObject({ kind: 'floor', evidence: { source: 'history' } });
    expect(JSON.stringify(read)).not.toContain('words over');
  });

  it('never runs more than the cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), (length) => {
        const toolCallList = Array.from({ length }, (_, index) => ({ id: String(index), name: 'tool', arguments: {} }));
        const read = normalizeWebhook({ message: { type: 'tool-calls', toolCallList } }, RECEIVED_AT);
        const runnable = read.kind === 'tool-calls' ? read.toolCalls.filter((each) => each.arguments.ok) : [];
        expect(runnable).toHaveLength(Math.min(length, MAX_TOOL_CALLS));
      }),
      { numRuns: 50 },
    );
  });

  it('survives nesting that would exhaust the stack', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    const toolCallList = [{ id: 'a', name: 'tool', arguments: { deep } }];
    const read = normalizeWebhook({ message: { type: 'tool-calls', toolCallList, call: deep } }, RECEIVED_AT);
    expect(read).toMatchObject({ toolCalls: [{ arguments: { ok: false, problem: 'too-deep' } }] });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ContractError, isContractError } from './contract-errors.js';
import { ToolCallFinished } from './events/call-events.js';
import { compileSpeechPlan, DEFAULT_SPEECH_PLAN, SpeechPlan } from './events/speech-plan.js';
import { longestBackoffMs, ToolDefinition, watchdogMs } from './events/tool-definition.js';
import { ToolCallRequested } from './events/tool-call-requested.js';
import { UtteranceBatch } from './events/utterance-records.js';
import { parse, parseJson } from './parse.js';

const toolCall = {
  callId: 'c',
  toolCallId: 't',
  tool: 'build_report',
  arguments: { region: 'north', nested: { deep: [1, 'two', null] } },
  mode: 'async',
  requestedAt: 1,
  graceMs: 0,
  queueExpiryMs: 1000,
  watchdogMs: 1000,
  onCallEnded: 'finish',
};

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (isContractError(error)) return error.problems.map(({ field }) => field);
    throw error;
  }
  return [];
}

describe('parse', () => {
  it('gives an instance, keeps free-form fields as they are and drops unknown ones', () => {
    const parsed = parse(ToolCallRequested, {
      ...toolCall,
      speech: { timing: 'interrupt', later: 1 },
      addedByNewerVersion: true,
    });
    expect(parsed).toBeInstanceOf(ToolCallRequested);
    expect(parsed.arguments).toEqual(toolCall.arguments);
    expect(parsed.speech).toEqual({ timing: 'interrupt' });
    expect(parsed).not.toHaveProperty('addedByNewerVersion');
  });

  it.each<[string, object, string[]]>([
    ['a missing field', { ...toolCall, callId: undefined }, ['callId']],
    ['a wrong type', { ...toolCall, requestedAt: '1' }, ['requestedAt']],
    ['a tool name that is no token', { ...toolCall, tool: 'a.b' }, ['tool']],
    ['arguments that are a list', { ...toolCall, arguments: [1] }, ['arguments']],
    ['a nested field', { ...toolCall, speech: { timing: 'whenever' } }, ['speech.timing']],
    ['a nested thing that is none', { ...toolCall, speech: 'loud' }, ['speech']],
  ])('names the field of %s', (_, data, fields) => {
    expect(new Set(problemsOf(() => parse(ToolCallRequested, data)))).toEqual(new Set(fields));
  });

  it("hands over somebody else's JSON as it came, whatever its keys are called", () => {
    const hostile = JSON.parse(
      '{"constructor":"Ferrari","toString":1,"hasOwnProperty":null,"nested":{"constructor":{"prototype":null},"__proto__":{"a":1}}}',
    ) as Record<string, unknown>;
    expect(JSON.stringify(parse(ToolCallRequested, { ...toolCall, arguments: hostile }).arguments)).toBe(
      JSON.stringify(hostile),
    );
    const finished = {
      callId: 'c',
      toolCallId: 't',
      tool: 'x',
      outcome: 'succeeded',
      attempts: 1,
      requestedAt: 1,
      at: 1,
    };
    expect(parse(ToolCallFinished, { ...finished, data: hostile }).data).toEqual(hostile);
    expect(parse(ToolCallFinished, { ...finished, data: [null, 7] }).data).toEqual([null, 7]);
  });

  it.each(['constructor', 'toString', '__proto__'])('survives a field %s at the top and inside', (key) => {
    const inside = JSON.parse(`{"timing":"interrupt","${key}":{"${key}":"x"}}`) as object;
    const data = JSON.parse(
      JSON.stringify({ ...toolCall, speech: inside }).replace('{', `{"${key}":{"${key}":null},`),
    ) as object;
    try {
      expect(parse(ToolCallRequested, data).callId).toBe('c');
    } catch (error) {
      expect(isContractError(error)).toBe(true);
    }
  });

  it('takes an explicit null for "not set"', () => {
    const parsed = parse(ToolCallRequested, {
      ...toolCall,
      sayOnFailure: null,
      speech: { class: null, timing: 'interrupt' },
    });
    expect(parsed.sayOnFailure).toBeUndefined();
    expect(compileSpeechPlan([parsed.speech])).toEqual({ ...DEFAULT_SPEECH_PLAN, timing: 'interrupt' });
    expect(problemsOf(() => parse(ToolCallRequested, { ...toolCall, callId: null }))).toContain('callId');
  });

  it('names the entry of a list', () => {
    const batch = {
      owner: 'o',
      kind: 'records',
      checkpoint: { toolCalls: 1, callEvents: 1, utterances: 0 },
      records: [{}],
    };
    expect(problemsOf(() => parse(UtteranceBatch, batch))).toContain('records.0.utteranceId');
  });

  it.each([null, 7, 'text', [], undefined])('refuses %p', (data) => {
    expect(() => parse(ToolCallRequested, data)).toThrow(ContractError);
  });

  it('refuses bytes that are not JSON without quoting them', () => {
    const run = (): unknown => parseJson(ToolCallRequested, Buffer.from('{"secret": "hunter2"'));
    expect(run).toThrow(/\(root\) must be JSON/);
    expect(run).not.toThrow(/hunter2/);
  });

  it('does not repeat the values it refuses', () => {
    const run = (): unknown => parse(ToolCallFinished, { ...toolCall, outcome: 'my private text' });
    expect(run).toThrow(ContractError);
    expect(run).not.toThrow(/my private text/);
  });

  it('throws nothing but contract errors, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        try {
          parse(ToolCallRequested, data);
        } catch (error) {
          expect(isContractError(error)).toBe(true);
        }
      }),
    );
  });
});

describe('speech plans', () => {
  it('are complete, and later wishes win', () => {
    expect(compileSpeechPlan([])).toEqual(DEFAULT_SPEECH_PLAN);
    const plan = compileSpeechPlan([{ class: 'urgent', maxHoldMs: 1 }, undefined, { maxHoldMs: 2 }]);
    expect(plan).toEqual({ ...DEFAULT_SPEECH_PLAN, class: 'urgent', maxHoldMs: 2 });
  });

  it('are checked field by field', () => {
    expect(problemsOf(() => parse(SpeechPlan, { wording: 'sung', expiresInMs: 5, endCallAfter: 'yes' }))).toEqual(
      expect.arrayContaining(['wording', 'expiresInMs', 'endCallAfter']),
    );
  });
});

describe('tool definitions', () => {
  it('leave the watchdog time for every attempt and wait', () => {
    const times = { queueExpiryMs: 1000, timeoutMs: 500, retry: { attempts: 3, backoffMs: 100 } };
    expect(watchdogMs(times)).toBe(1000 + 3 * 500 + 100 + 200 + 10_000);
    expect(longestBackoffMs(1000, 20)).toBe(60_000);
  });

  it('refuse a name that Vapi would refuse', () => {
    expect(problemsOf(() => parse(ToolDefinition, { name: 'no spaces' }))).toContain('name');
  });
});

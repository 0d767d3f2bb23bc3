import { describe, expect, it } from '@jest/globals';
import { ScenarioSource } from '../scenario/scenario-source.js';
import type { SpeechOutcome, SpeechSource } from '../speech/speech.types.js';
import type { CallEvent, CallFact } from '../transcript/transcript.types.js';
import type { ReplyEntry } from '../webhooks/reply.js';
import { judge } from './judge.js';

interface Spoken {
  readonly from: number;
  readonly to: number;
  readonly source: SpeechSource;
  readonly outcome: SpeechOutcome;
  /** How long the caller had been speaking, below 0 when silent. */
  readonly over: number;
  readonly lateMs: number;
}

const SPOKEN: Spoken = { from: 0, to: 1_000, source: 'say', outcome: 'finished', over: -1, lateMs: 0 };

/** Builds the events of a call. */
class Story {
  private readonly events: CallEvent[] = [];
  private nextId = 1;

  at(atMs: number, fact: CallFact): this {
    this.events.push({ ...fact, call: 1, atMs });
    return this;
  }

  spoken(text: string, options: Partial<Spoken> = {}): this {
    const { from, to, source, outcome, over, lateMs }: Spoken = { ...SPOKEN, ...options };
    const speech = { utteranceId: this.nextId++, source, text };
    return this.at(from, { type: 'speech-accepted', ...speech })
      .at(from, { type: 'speech-started', ...speech, overCallerForMs: over < 0 ? undefined : over, lateMs })
      .at(to, { type: 'speech-stopped', ...speech, outcome, audible: true });
  }

  called(atMs: number, tool: string, status = 200, entry: Partial<ReplyEntry> = {}, delivery = 1): this {
    const given = { id: `call_${tool}`, tool, result: 'accepted', error: undefined, problem: undefined, ...entry };
    return this.at(atMs, { type: 'tool-calls-sent', delivery, calls: [{ id: given.id, tool, async: true }] }).at(atMs, {
      type: 'webhook-answered',
      delivery,
      message: 'tool-calls',
      attempt: 1,
      status,
      problem: undefined,
      tookMs: 5,
      last: true,
      entries: [given],
    });
  }

  judge(expectations: string): readonly string[] {
    const yaml = `name: x\ntools: [{ name: find_slots }, { name: build_report }]\nsteps: []\nexpect:\n${expectations}`;
    return judge(new ScenarioSource('spec.yaml', yaml).forCall(1), this.events, 1);
  }
}

const story = (): Story => new Story();

describe('what the caller heard', () => {
  it('is contained whatever the case and spacing, or fits a regular expression', () => {
    const heard = story().spoken('Your  Report is\nready: 12 sales.');
    expect(heard.judge('  - heard: "report IS ready"')).toEqual([]);
    expect(heard.judge('  - heard: "/\\\\d+ sales/"')).toEqual([]);
    expect(heard.judge('  - heard: "/\\\\d+ SALES/"')).toHaveLength(1);
    expect(heard.judge('  - heard: "/\\\\d+ SALES/i"')).toEqual([]);
  });

  it('does not count what was cut, dropped, scripted, or left out', () => {
    const cut = story()
      .spoken('report', { outcome: 'interrupted' })
      .at(9, { type: 'speech-dropped', text: 'report', cause: 'x' });
    expect(cut.spoken('report', { source: 'script' }).judge('  - heard: report')).toEqual([
      'expected to hear once "report", heard 0 times (and interrupted, dropped)',
    ]);
    expect(story().judge('  - heard: report')).toHaveLength(1);
  });

  it('is once unless told otherwise', () => {
    const twice = story().spoken('report').spoken('report', { from: 2_000 });
    expect(twice.judge('  - heard: report')).toEqual(['expected to hear once "report", heard 2 times']);
    expect(twice.judge('  - { heard: report, times: 2 }')).toEqual([]);
    expect(twice.judge('  - { heard: report, never: true }')).toEqual([
      'expected never to hear "report", heard 2 times',
    ]);
    expect(twice.judge('  - never: report')).toHaveLength(1);
    expect(story().judge('  - never: report')).toEqual([]);
  });

  it('is in time when its end is, counted from the tool call', () => {
    const late = story()
      .called(1_000, 'find_slots')
      .called(5_000, 'build_report')
      .spoken('report', { from: 5_500, to: 7_000 });
    expect(late.judge('  - { heard: report, withinMs: 6000 }')).toEqual([]);
    expect(late.judge('  - { heard: report, withinMs: 5999 }')).toEqual([
      'expected "report" within 5999 ms of the tool call, it took 6000 ms',
    ]);
    expect(late.judge('  - { heard: report, withinMs: 2000, since: build_report }')).toEqual([]);
  });

  it('can be asked of the assistant’s own voice', () => {
    const own = story().spoken('accepted', { source: 'script' });
    expect(own.judge('  - { heard: accepted, from: assistant }')).toEqual([]);
    expect(own.judge('  - { heard: accepted }')).toHaveLength(1);
  });

  it('includes what was interrupted, added in silence, and how the call ended', () => {
    const call = story()
      .spoken('report', { outcome: 'interrupted' })
      .at(5, { type: 'context-added', role: 'system', content: 'the slot is at nine', triggers: false })
      .at(9, { type: 'call-ended', reason: 'silence-timed-out' });
    expect(call.judge('  - interrupted: report\n  - context: slot\n  - ended: silence-timed-out')).toEqual([]);
    expect(call.judge('  - interrupted: slot\n  - context: report\n  - ended: x')).toHaveLength(3);
  });
});

describe('talking over the caller', () => {
  it('fails when the caller had been speaking for longer than anybody needs to know', () => {
    expect(story().spoken('report', { over: 606 }).judge('  - heard: report')).toEqual([
      'talked over the caller, who had been speaking for 606 ms: "report"',
    ]);
    expect(story().spoken('report', { over: 605 }).judge('  - heard: report')).toEqual([]);
  });

  it('does not blame the sender for what was rendered late, nor anyone for scripted speech', () => {
    expect(story().spoken('report', { over: 3_000, lateMs: 3_000 }).judge('  - heard: report')).toEqual([]);
    expect(story().spoken('hello', { over: 3_000, source: 'script' }).judge('  []')).toEqual([]);
  });

  it('can be allowed', () => {
    const over = story().spoken('report', { over: 3_000 });
    expect(over.judge('  - heard: report\n  - notOverCaller: false')).toEqual([]);
  });
});

describe('the answers to tool calls', () => {
  it('must be 200 with a usable entry', () => {
    expect(story().called(0, 'find_slots').judge('  []')).toEqual([]);
    expect(story().called(0, 'find_slots', 201).judge('  []')).toEqual([
      'tool calls (find_slots) were not accepted: 201 after 1 attempts',
    ]);
    expect(story().called(0, 'find_slots', 200, { problem: 'no text' }).judge('  []')).toEqual(['find_slots: no text']);
    const never = story().at(0, { type: 'tool-calls-sent', delivery: 1, calls: [{ id: 'a', tool: 't', async: true }] });
    expect(never.judge('  []')).toEqual(['tool calls (t) were not accepted: no answer after 0 attempts']);
    expect(never.judge('  - toolCallsAnswered: false')).toEqual([]);
  });

  it('must be the same for a repeat', () => {
    const twice = story().called(0, 'find_slots').called(1, 'find_slots', 200, { result: 'other' }, 2);
    expect(twice.judge('  []')).toEqual(['find_slots: a repeat of the webhook was answered differently']);
  });

  it('are compared with what was expected', () => {
    const call = story()
      .called(0, 'find_slots')
      .called(1, 'build_report', 200, { result: undefined, error: 'no such tool' }, 2);
    expect(call.judge('  - reply: { tool: find_slots, status: 200, result: accept }')).toEqual([]);
    expect(call.judge('  - reply: { tool: build_report, error: no such }')).toEqual([]);
    expect(call.judge('  - reply: { tool: build_report, result: accept }')).toEqual([
      'expected build_report answered with a result like "accept", found error "no such tool"',
    ]);
    expect(call.judge('  - reply: { tool: find_slots, status: 503 }')).toHaveLength(1);
    expect(story().judge('  - reply: { tool: find_slots, status: 200 }')).toEqual([
      'expected an answer to find_slots, it was never called',
    ]);
  });
});

it('a step that failed fails the call', () => {
  const failed = story().at(3, { type: 'step-failed', step: 'steps[2]', problem: 'waited in vain' });
  expect(failed.judge('  []')).toEqual(['steps[2]: waited in vain']);
});

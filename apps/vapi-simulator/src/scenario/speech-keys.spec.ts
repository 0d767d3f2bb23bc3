import { describe, expect, it } from '@jest/globals';
import { isScenarioError } from './scenario.errors.js';
import { ScenarioSource } from './scenario-source.js';
import type { Scenario } from './scenario.types.js';

function parse(yaml: string): Scenario {
  return new ScenarioSource('spec.yaml', `name: x\n${yaml}`).forCall(1);
}

/** `<path>: <what was expected>` of each fault. */
function faults(yaml: string): readonly string[] {
  try {
    parse(yaml);
  } catch (error) {
    if (isScenarioError(error)) return error.problems.map(({ expected, path }) => `${path}: ${expected}`);
    throw error;
  }
  return [];
}

describe('what a scenario may say of speech', () => {
  it('has defaults that change nothing', () => {
    const { autoReply, bargeIn, behaviour, ringMs } = parse('steps: []');
    expect({ autoReply, bargeIn, ringMs }).toEqual({ autoReply: undefined, bargeIn: undefined, ringMs: 0 });
    expect(behaviour).toMatchObject({
      asyncResultSpoken: false,
      repeatsWithoutPlan: 0,
      speechStartedForSay: false,
      idleMessages: undefined,
      controlLatencyMs: 0,
    });
    expect(behaviour.control.ended).toEqual({ kind: 'refuse', reply: { status: 400, body: undefined } });
  });

  it('reads callers and models that act of their own accord', () => {
    const { autoReply, bargeIn, steps } = parse(`
bargeIn: { intoInjectedMs: 700, nth: [1, 2], probability: 0.5 }
autoReply: { latencyMs: [500, 900], text: [Yes., No.] }
steps:
  - callerTalks: { everyMs: 2000, forMs: [500, 900], seed: 4 }
  - callerTalks: stop
`);
    expect(bargeIn).toMatchObject({ intoInjectedMs: 700, forMs: 1_500, nth: [1, 2], probability: 0.5, seed: 1 });
    expect(autoReply).toEqual({ latencyMs: { min: 500, max: 900 }, texts: ['Yes.', 'No.'], seed: 1 });
    expect(steps.map(({ action }) => action)).toMatchObject([
      { kind: 'caller-talks', talk: { everyMs: { min: 2_000, max: 2_000 }, forMs: { min: 500, max: 900 }, seed: 4 } },
      { kind: 'caller-talks', talk: undefined },
    ]);
  });

  it('keeps the short forms of the control URL’s answers', () => {
    const { control } = parse('steps: []\nbehaviour: { acceptedStatus: 201, refusedStatus: 404 }').behaviour;
    expect(control.success.status).toBe(201);
    expect(control.ended).toMatchObject({ reply: { status: 404 } });
  });

  it.each([
    ['steps: [{ callerTalks: go }]', 'steps[0].callerTalks: a mapping with everyMs and forMs, or stop'],
    [
      'steps: [{ callerTalks: { everyMs: [9, 1], forMs: 1 } }]',
      'steps[0].callerTalks.everyMs: milliseconds, or [least, most], the smaller first',
    ],
    ['steps: []\nbargeIn: { nth: 1 }', 'bargeIn.intoInjectedMs: a number of milliseconds (0 or more)'],
    ['steps: []\nbargeIn: { intoInjectedMs: 1, probability: 2 }', 'bargeIn.probability: a number from 0 to 1'],
    ['steps: []\nautoReply: { text: [] }', 'autoReply.text: at least one text'],
    ['steps: []\nautoReply: {}', 'autoReply.text: a text, or a list of texts'],
    [
      'steps: []\nbehaviour: { control: { ended: take-effect } }',
      'behaviour.control.ended: an HTTP status, a mapping with status and body, accept-and-drop, hang',
    ],
    ['steps: []\nbehaviour: { control: { success: 99 } }', 'behaviour.control.success: an HTTP status from 200 to 599'],
    ['steps: []\nbehaviour: { idleMessages: { texts: [] } }', 'behaviour.idleMessages.texts: at least one text'],
    ['steps: []\nbehaviour: { repeatsWithoutPlan: 99 }', 'behaviour.repeatsWithoutPlan: a whole number from 0 to 10'],
    [
      'steps: []\nfaults: { lateSpeechUpdate: { role: user } }',
      'faults.lateSpeechUpdate.delayMs: a number of milliseconds (0 or more)',
    ],
    ['steps: []\nfaults: { userInterrupted: {} }', 'faults.userInterrupted.delivery: one of lost, late, twice'],
    [
      'steps: []\nfaults: { loseSpeechUpdate: { status: gone } }',
      'faults.loseSpeechUpdate.status: one of any, started, stopped',
    ],
    ['steps: [{ gateway: { path: calls } }]', 'steps[0].gateway.path: a path that begins with one /'],
    ['steps: [{ gateway: { path: //evil.example/ } }]', 'steps[0].gateway.path: a path that begins with one /'],
    ['steps: []\nexpect: [{ order: [one] }]', 'expect[0].order: at least two texts'],
    [
      'steps: []\nexpect: [{ startsAfter: { text: a, since: dinner } }]',
      'expect[0].startsAfter.since: one of callerStopped, assistantStopped, toolCall',
    ],
    ['steps: []\nexpect: [{ interrupted: a, times: -1 }]', 'expect[0].times: a whole number (0 or more)'],
  ])('says what is wrong with %j', (yaml, fault) => {
    expect(faults(yaml)).toEqual([fault]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isScenarioError, type ScenarioProblem } from './scenario.errors.js';
import { ScenarioSource, type Override } from './scenario-source.js';
import type { Scenario } from './scenario.types.js';

function parse(yaml: string, overrides: readonly Override[] = [], call = 1): Scenario {
  return new ScenarioSource('spec.yaml', yaml, overrides).forCall(call);
}

function problems(yaml: string, overrides: readonly Override[] = []): readonly ScenarioProblem[] {
  try {
    parse(yaml, overrides);
  } catch (error) {
    if (isScenarioError(error)) return error.problems;
    throw error;
  }
  return [];
}

const places = (yaml: string): readonly string[] => problems(yaml).map(({ line, path }) => `${line} ${path}`);

describe('a scenario file', () => {
  it('has Vapi’s defaults for all it leaves out', () => {
    const scenario = parse('name: x\nsteps: []');
    expect(scenario).toMatchObject({
      calls: 1,
      deliver: 1,
      timeoutSeconds: 20,
      backoffPlan: { type: 'exponential', maxRetries: 5, baseDelaySeconds: 1 },
      shape: { arguments: 'object', lists: ['toolCallList', 'toolCalls', 'toolWithToolCallList'], monitor: true },
      behaviour: { renderMs: 350, speechUpdateLagMs: 55, silenceTimeoutMs: 30_000, maxDurationMs: 600_000 },
      invariants: { notOverCaller: true, toolCallsAnswered: true },
    });
    expect(scenario.serverMessages).toContain('speech-update');
  });

  it('reads every kind of step', () => {
    const { steps } = parse(`
name: x
tools: [{ name: t, async: true }]
steps:
  - { caller: hello, after: 100 }
  - { assistant: hi, background: true, interruptible: false }
  - { toolCalls: [{ tool: t, arguments: { a: 1 }, id: call_1 }], deliver: 2, shape: { arguments: string } }
  - wait: 800
  - waitForHeard: 2
  - waitForHeard: { text: report, withinMs: 5000 }
  - waitForControl: 2
  - { waitForSpeaking: true, at: 9000 }
  - status: forwarding
  - webhook: { type: hang }
  - rawWebhook: "{"
  - end: { reason: customer-ended-call }
`);
    expect(steps.map((step) => step.action.kind)).toEqual([
      'caller',
      'assistant',
      'tool-calls',
      'wait',
      'wait-for-heard',
      'wait-for-heard',
      'wait-for-control',
      'wait-for-speaking',
      'status',
      'webhook',
      'raw-webhook',
      'end',
    ]);
    expect(steps[0]).toMatchObject({ path: 'steps[0]', afterMs: 100, atMs: undefined });
    expect(steps[2]?.action).toMatchObject({
      calls: [{ tool: 't', arguments: { a: 1 }, id: 'call_1' }],
      deliver: 2,
      shape: { arguments: 'string', toolCall: 'nested' },
    });
    expect(steps[5]?.action).toMatchObject({ text: 'report', count: 1, withinMs: 5_000 });
    expect(steps[7]).toMatchObject({ atMs: 9_000 });
  });

  it('fills in the call number and variables, whole values with their own type', () => {
    const yaml = `
name: x
vars: { pause: 250, who: Ann }
steps:
  - caller: "{{who}} on call {{ call }}"
  - wait: "{{pause}}"
`;
    const [caller, wait] = parse(yaml, [{ key: 'pause', value: '400' }], 7).steps;
    expect(caller?.action).toMatchObject({ text: 'Ann on call 7' });
    expect(wait?.action).toMatchObject({ ms: 400 });
  });

  it('can be changed from outside by the path of a key', () => {
    const yaml = 'name: x\nbehaviour: { renderMs: 1 }\nsteps: [{ wait: 1 }]';
    const overrides = [
      { key: 'calls', value: '3' },
      { key: 'faults.silentDrop.nth', value: '2' },
      { key: 'behaviour.renderMs', value: '9' },
      { key: 'steps.0.wait', value: '77' },
    ];
    const scenario = parse(yaml, overrides);
    expect(scenario.calls).toBe(3);
    expect(scenario.faults.silentDrop).toEqual({ nth: [2] });
    expect(scenario.behaviour.renderMs).toBe(9);
    expect(scenario.steps[0]?.action).toEqual({ kind: 'wait', ms: 77 });
  });

  it.each(['nonsense', 'name.deep', 'steps.0.wait.deeper'])('refuses a change of %s', (key) => {
    expect(problems('name: x\nsteps: [{ wait: 1 }]', [{ key, value: '1' }])).toHaveLength(1);
  });

  it('reports all faults together, with file, line, path, and what was expected', () => {
    const yaml = `
name: x
tools:
  - { name: "bad name" }
steps:
  - caler: hello
  - toolCalls: [{ tool: nobody }]
  - wait: soon
  - { caller: hi, wait: 3 }
expect:
  - heard: "/(/"
`;
    expect(places(yaml)).toEqual([
      '4 tools[0].name',
      '6 steps[0]',
      '7 steps[1].toolCalls[0].tool',
      '8 steps[2].wait',
      '9 steps[3]',
      '11 expect[0].heard',
    ]);
    expect(() => parse(yaml)).toThrow(
      'line 8, steps[2].wait: expected a number of milliseconds (0 or more), found "soon"',
    );
    expect(() => parse(yaml)).toThrow(/^spec\.yaml has 6 faults/);
  });

  it('reports unknown keys and unknown variables where they stand', () => {
    expect(places('name: x\nsteps: []\nexpects: []')).toEqual(['3 expects']);
    expect(places('name: x\nsteps:\n  - caller: "{{nobody}}"')).toEqual(['3 steps[0].caller']);
    expect(places('name: x\nsteps: []\nfaults: { lateRender: { delay: 3 } }')).toContain('3 faults.lateRender.delay');
  });

  it.each(['[', 'just a text', '- a list', ''])('refuses what is no mapping: %j', (yaml) => {
    expect(problems(yaml)).toHaveLength(1);
  });

  it('reads every fault switch', () => {
    const { faults } = parse(`
name: x
steps: []
faults:
  loseSpeechStopped: { role: user, nth: [1, 3] }
  noSpeechEvents: true
  shedSpeechUpdates: { afterFailures: 3 }
  lateRender: { delayMs: 6000 }
  silentDrop: { nth: 2 }
  controlHang: { forMs: 8000, nth: 1 }
  controlErrors: { status: 502, forMs: 4000, nth: 1, accepted: true }
  controlAuthentication: true
  reorderWebhooks: { types: [speech-update], holdMs: 300, every: 3 }
  endCallEarly: { afterToolCallMs: 500 }
`);
    expect(faults).toEqual({
      loseSpeechStopped: { role: 'user', nth: [1, 3] },
      noSpeechEvents: true,
      shedSpeechUpdates: { afterFailures: 3 },
      lateRender: { delayMs: 6_000, nth: 'all' },
      silentDrop: { nth: [2] },
      controlHang: { forMs: 8_000, nth: [1], accepted: false },
      controlErrors: { status: 502, forMs: 4_000, nth: [1], accepted: true },
      controlAuthentication: true,
      reorderWebhooks: { types: ['speech-update'], holdMs: 300, every: 3 },
      endCallEarly: { atMs: undefined, afterToolCallMs: 500, reason: 'customer-ended-call' },
    });
  });

  it('reads all our example scenarios', () => {
    const folder = join(import.meta.dirname, '../../scenarios');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.yaml'))
      .filter((file) => !file.endsWith('-tools.yaml'));
    expect(files.length).toBeGreaterThanOrEqual(20);
    for (const file of files) {
      const source = new ScenarioSource(file, readFileSync(join(folder, file), 'utf8'));
      expect(source.forCall(1).steps.length).toBeGreaterThan(0);
    }
  });
});

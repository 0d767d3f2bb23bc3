import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@interject/testing';
import { runCommand } from './harness/command-line.js';
import type { CommandResult } from './harness/command-line.js';
import { API_KEY, SECRET } from './harness/environment.js';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { planCall } from './harness/scenarios.js';

const WORDS = 'This line is for you alone.';

let system: InterjectSystem;

const interject = (...args: string[]): Promise<CommandResult> => {
  return runCommand(['interject', ...args], { NATS_URL: system.nats.url });
};

/** Streams and buckets that hold the text in a message. */
async function holding(text: string): Promise<string[]> {
  const streams = [
    'TOOL_CALLS',
    'CALL_EVENTS',
    'FLOOR',
    'UTTERANCES',
    'DEAD_LETTERS',
    'KV_calls',
    'KV_control',
    'KV_ledger',
  ];
  const found = await Promise.all(
    streams.map(async (stream) => ({ stream, messages: await system.inspector.messages(stream) })),
  );
  return found.filter(({ messages }) => JSON.stringify(messages).includes(text)).map(({ stream }) => stream);
}

describe('people on duty', () => {
  beforeAll(async () => {
    system = await InterjectSystem.start({ services: ['gateway', 'notifier'] });
    await system.add('notifier', 'notifier-2');
    await system.ready();
  }, 60_000);
  afterAll(() => system.stop(), 60_000);

  it('see a call, mute it, say something in it, and have it forgotten', async () => {
    const scenario = planCall({
      name: 'on duty',
      steps: [
        { assistant: 'Hello, how can I help you?' },
        { waitForHeard: { count: 1, withinMs: 200_000 } },
        { after: 1000, hangUp: true },
      ],
      expect: [{ heard: WORDS, times: 1 }],
    });
    const { played, callId } = system.simulator.begin(scenario);
    const id = await callId;
    await eventually(async () => (await interject('calls')).out.includes(id), { timeoutMs: 15_000 });

    const muted = await interject('mute', 'all');
    expect([muted.code, muted.out]).toEqual([0, expect.stringContaining('Every notifier has it')]);
    const waiting = await interject('say', id, WORDS, '--wait-seconds', '2');
    expect([waiting.code, waiting.out]).toEqual([1, expect.stringContaining('queued, waits for: muted')]);
    expect((await interject('calls')).out).toContain('SPEECH IS MUTED');
    expect((await system.inspector.messages('UTTERANCES')).filter((one) => JSON.stringify(one).includes(id))).toEqual(
      [],
    );

    expect((await interject('unmute', 'all')).code).toBe(0);
    expectPassed(await played);
    const story = await interject('call', id, '--texts');
    expect([story.code, story.out]).toEqual([0, expect.stringContaining('heard: announcement')]);
    expect(story.out).toContain(WORDS);
    expect((await interject('call', id)).out).not.toContain(WORDS);

    const forgotten = await eventually(
      async () => {
        const result = await interject('forget', id);
        return result.code === 0 ? result : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(forgotten.out).toContain('CALL_EVENTS');
    expect([await holding(id), await holding(WORDS)]).toEqual([[], []]);
    expect((await interject('call', id)).err).toContain('Nothing is known of the call');
    expect((await interject('health')).code).toBe(0);
  }, 120_000);

  it('are told what is wrong with the surroundings', async () => {
    const env = {
      NATS_URL: system.nats.url,
      GATEWAY_PUBLIC_URL: `http://127.0.0.1:${String(system.gatewayPort)}`,
      VAPI_BASE_URL: system.simulator.origin,
      VAPI_CONTROL_URL_ALLOWED_ORIGINS: system.simulator.origin,
      VAPI_WEBHOOK_AUTH: 'secret',
      VAPI_WEBHOOK_SECRET: SECRET,
      VAPI_API_KEY: 'private-key-of-e2e',
      INTERJECT_API_KEY: API_KEY,
    };
    const good = await runCommand(['interject', 'doctor'], env);
    expect([good.code, good.out]).toEqual([0, expect.stringContaining('answers as ours')]);
    const bad = await runCommand(['interject', 'doctor'], {
      ...env,
      VAPI_WEBHOOK_AUTH: 'none',
      INTERJECT_API_KEY: 'wrong-key',
    });
    expect([bad.code, bad.out]).toEqual([1, expect.stringContaining('refuses INTERJECT_API_KEY')]);
    for (const secret of [SECRET, API_KEY, 'wrong-key', 'private-key'])
      expect(good.out + bad.out).not.toContain(secret);
  }, 30_000);
});

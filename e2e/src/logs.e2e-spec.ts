import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { callToken, partitionOf } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { runCommand } from './harness/command-line.js';
import { SECRET, TIME_FACTOR } from './harness/environment.js';
import type { InterjectSystem } from './harness/interject-system.js';
import { RunEvidence } from './harness/privacy/evidence.js';
import { PrivateValues } from './harness/privacy/private-values.js';
import { oneJob, planCall, reportCall } from './harness/scenarios.js';
import { histories, historyIn, Stage, undeliveredOf } from './harness/stage.js';

/** Words that no service has of its own. Each stands in a place of its own, and in nothing that may be shown. */
const PLANTED = {
  region: 'Ashcombe-Zwickelbach',
  phone: '+49 151 2345678',
  refused: 'The parcel of Quillfeather waits in Obervellmar.',
  broken: 'Thistlewick owes 1,250 euros since Martinmas.',
  misfit: 'eleventy-zwei',
  late: 'The biopsy of Pennyworth-Oehlschlaeger is benign.',
  inline: 'Your code is marmalade-4711-sundial.',
  name: 'Wilhelmine Drosselbart-Featherstonehaugh',
  announced: 'The locksmith Grimpenhagen rings in five minutes.',
  unannounced: 'Tell Ravensburger-Lindqvist to stay away.',
  wrongSecret: 'guessed-webhook-secret-93f1',
  wrongKey: 'guessed-api-key-77ab',
  host: 'planted-control-host',
  poison: 'Hollunderweg 17b, third floor',
  unreadable: 'Kestrelmoor and his sister said so',
} as const;
const CALLER_SAYS = 'My name is Barnabas Oxenthwaite, born in Wolfenbuettel.';

const values = new PrivateValues();
for (const [name, value] of Object.entries(PLANTED)) {
  values.add(name === 'phone' ? 'phone number' : name.startsWith('wrong') ? 'secret' : 'speech', value);
}
values.add('speech', 'Barnabas Oxenthwaite');

const SERVICES = ['gateway', 'notifier', 'http-worker', 'appointments-worker', 'follow-up-worker'] as const;
const BOOKING = { name: PLANTED.name, phone: PLANTED.phone, service: 'dentist', startsAt: 'earliest' };
const PARTITIONS = 16;

/** Sends something to the gateway that is none of Vapi's webhooks, or one that lies. Resolves to the status. */
async function post(system: InterjectSystem, body: string, secret: string = SECRET): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${String(system.gatewayPort)}/vapi/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-vapi-secret': secret },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** A webhook of a call whose control URL leads elsewhere. */
function hostile(callId: string): string {
  const call = { id: callId, monitor: { controlUrl: `https://${PLANTED.host}.example/${callId}/control` } };
  const customer = { number: PLANTED.phone };
  return JSON.stringify({ message: { type: 'status-update', status: 'in-progress', call, customer } });
}

/** A whole run at the most talkative level, in which much goes wrong, with unmistakable private values everywhere. */
describe('what services print', () => {
  const stage = new Stage(
    {
      services: SERVICES,
      hasNatsUsers: true,
      env: {
        LOG_LEVEL: 'trace',
        FOLLOW_UP_WEBHOOK_SECRET: 'follow-up-secret-of-e2e',
      },
    },
    new RunEvidence(values),
  );
  /** True if the run has really had it where it belongs: in a stream. */
  const wasStored = async (stream: string, value: string): Promise<void> => {
    const isIn = ({ data }: { readonly data: unknown }): boolean => JSON.stringify(data).includes(value);
    await eventually(async () => (await stage.system.inspector.messages(stream)).some(isIn), { intervalMs: 200 });
  };

  stage.scene(
    'a result that is heard, with a name in its arguments',
    reportCall(PLANTED.region, { name: 'heard', meanwhile: [{ caller: CALLER_SAYS }] }),
    async () => {
      await wasStored('CALL_EVENTS', PLANTED.region);
    },
  );

  stage.scene(
    'a control URL that refuses',
    planCall({
      tools: ['plain'],
      faults: { controlErrors: { status: 403, nth: 'all' } },
      steps: [
        { assistant: 'Hello, how can I help you?' },
        { toolCalls: [{ tool: 'plain', arguments: { text: PLANTED.refused, ms: 0 } }] },
        { waitForControl: { count: 1, withinMs: 60_000 } },
        { wait: 2000 },
        { hangUp: true },
      ],
      expect: [{ never: '/./' }],
    }),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).last).toMatchObject({ state: 'undelivered' });
      await wasStored('CALL_EVENTS', PLANTED.refused);
    },
  );

  stage.scene(
    'a backend that fails and tells about whom, and the dead letter of its job',
    oneJob('broken', PLANTED.broken, { heard: 'The archive is out of order.' }),
    async ({ system }) => {
      expect(system.backend.jobsFor(PLANTED.broken)).toHaveLength(2);
      await wasStored('DEAD_LETTERS', PLANTED.broken);
    },
  );

  stage.scene(
    'arguments that do not fit',
    planCall({
      tools: ['plain'],
      steps: [
        { toolCalls: [{ tool: 'plain', arguments: { text: PLANTED.misfit, ms: PLANTED.misfit } }] },
        {
          toolCalls: [{ tool: 'plain', arguments: { text: PLANTED.misfit, ms: 1 } }],
          shape: { arguments: 'broken-string' },
        },
        { wait: 5000 },
        { hangUp: true },
      ],
      expect: [{ toolCallsAnswered: false }],
    }),
    () => undefined,
  );

  stage.scene(
    'an answer within its webhook',
    planCall({
      syncTools: ['plain'],
      steps: [
        { toolCalls: [{ tool: 'plain', arguments: { text: PLANTED.inline, ms: 0 } }] },
        { wait: 2000 },
        { hangUp: true },
      ],
      expect: [{ reply: { status: 200, result: PLANTED.inline } }],
    }),
    async () => {
      await wasStored('CALL_EVENTS', PLANTED.inline);
    },
  );

  stage.scene(
    'a result that comes after the end and is followed up',
    planCall({
      tools: ['finished'],
      steps: [
        { toolCalls: [{ tool: 'finished', arguments: { text: PLANTED.late, ms: 3000 / TIME_FACTOR } }] },
        { hangUp: true },
      ],
      expect: [{ never: '/./' }],
    }),
    async ({ system, callId }) => {
      await undeliveredOf(system, callId);
      await eventually(() => system.backend.followUps.some(({ text }) => text.includes(PLANTED.late)));
    },
  );

  stage.scene(
    'a booking under a name and a number',
    planCall({
      tools: ['book_appointment'],
      steps: [
        { toolCalls: [{ tool: 'book_appointment', arguments: BOOKING }] },
        { waitForHeard: { count: 1, withinMs: 60_000 } },
        { hangUp: true },
      ],
      expect: [{ heard: '/./', times: 1 }],
    }),
    async () => {
      await wasStored('TOOL_CALLS', PLANTED.name);
    },
  );

  stage.meddled(
    'announcements, wanted and not',
    planCall({
      steps: [
        { assistant: 'Hello, how can I help you?' },
        { waitForHeard: { count: 1, withinMs: 60_000 } },
        { hangUp: true },
      ],
      expect: [{ heard: PLANTED.announced, times: 1 }],
    }),
    async ({ system, callId }) => {
      const path = `/calls/${callId}/announcements`;
      const refused = [
        await system.api(path, { text: PLANTED.unannounced }, `Bearer ${PLANTED.wrongKey}`),
        await system.api(path, { text: [PLANTED.unannounced], speech: PLANTED.unannounced }),
      ];
      await eventually(async () => (await system.api(path, { text: PLANTED.announced })).status === 202);
      return refused.map(({ status }) => status);
    },
    async ({ system, callId, found }) => {
      expect(found).toEqual([401, 400]);
      expect(await histories(system, callId)).toHaveLength(1);
    },
  );

  it('webhooks that nobody should believe', async () => {
    const { system } = stage;
    const callId = randomUUID();
    expect(await post(system, hostile(callId), PLANTED.wrongSecret)).toBe(401);
    expect(await post(system, `{"message": "${PLANTED.unreadable}`)).toBe(400);
    expect(await post(system, JSON.stringify({ transcript: PLANTED.unreadable }))).toBe(400);
    expect(await post(system, hostile(callId))).toBe(200);
  });

  it('messages that nobody can read', async () => {
    const { system } = stage;
    const { inspector } = system;
    const callId = randomUUID();
    const call = `calls.${String(partitionOf(callId, PARTITIONS))}.${callToken(callId)}`;
    await inspector.publish('tool-calls.plain.0.poison', `{"toolCallId":"${PLANTED.poison}"}`);
    await inspector.publish(`${call}.undelivered.poison`, `{"text":"${PLANTED.poison}"}`);
    await inspector.publish(`${call}.result.poison`, PLANTED.poison);
    const letters = async (): Promise<number> => (await inspector.messages('DEAD_LETTERS', /contract/)).length;
    await eventually(async () => (await letters()) >= 2);
    const access = { NATS_URL: system.nats.url, ...system.users?.environmentOf('operator') };
    const { code, out } = await runCommand(['dlq', 'list'], access);
    expect([code, out.includes(PLANTED.poison)]).toEqual([0, false]);
  });

  // What was planted is looked for when everything has stopped. Here: that there is something to be looked through.
  it.each(SERVICES)('%s prints all it has to say', (name) => {
    const lines = stage.system.service(name).output.split('\n');
    expect(lines.filter((line) => /^\{"level":"(?:debug|trace)"/.test(line)).length).toBeGreaterThan(3);
  });
});

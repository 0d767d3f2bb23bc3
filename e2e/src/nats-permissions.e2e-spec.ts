import { describe, expect, it } from '@jest/globals';
import { eventually } from '@interject/testing';
import { runCommand } from './harness/command-line.js';
import { BUILD_REPORT, PATIENT, report, reportCall } from './harness/scenarios.js';
import { historyIn, Stage, undeliveredOf } from './harness/stage.js';

const FIND_SLOTS = { name: 'find_slots', async: true, description: 'Finds slots.', parameters: { type: 'object' } };
const asks = (region: string): object => ({ toolCalls: [{ tool: 'build_report', arguments: { region } }] });
/** What a service writes when NATS refuses it something. */
const REFUSAL = /NATS refuses this user|was refused by NATS|not-permitted/;

/** Each service as its own user of deploy/nats/users.conf: what it needs is granted. What is not is tried in libs/messaging. */
describe('with a user and permissions for each service', () => {
  const stage = new Stage({
    services: ['gateway', 'notifier', 'http-worker', 'appointments-worker', 'follow-up-worker'],
    hasNatsUsers: true,
  });

  stage.scene('a result is spoken back into its call', reportCall('permitted'), async ({ system, callId, played }) => {
    expect(played.heard).toEqual([report('permitted')]);
    expect((await historyIn(system, callId)).states).toBe('sending heard');
  });

  stage.scene(
    'a worker with a user for its tools alone does its job',
    {
      tools: [FIND_SLOTS],
      behaviour: PATIENT,
      steps: [
        { toolCalls: [{ tool: 'find_slots', arguments: { service: 'dentist' } }] },
        { waitForHeard: { count: 1, withinMs: 40_000 } },
        { hangUp: true },
      ],
      expect: [{ heard: 'these times are free', times: 1 }],
    },
    async ({ system }) => {
      expect(await system.inspector.messages('TOOL_CALLS', /find_slots/)).toHaveLength(1);
    },
  );

  stage.scene(
    'a sync tool call is answered',
    {
      behaviour: PATIENT,
      tools: [{ ...BUILD_REPORT, async: false }],
      steps: [asks('at once'), { wait: 2000 }, { hangUp: true }],
      expect: [{ reply: { status: 200, result: report('at once') } }],
    },
    () => undefined,
  );

  stage.scene(
    'a result that comes after the end is followed up',
    { behaviour: PATIENT, tools: [BUILD_REPORT], steps: [asks('too late'), { hangUp: true }] },
    async ({ system, callId }) => {
      await undeliveredOf(system, callId);
      await eventually(() => system.backend.followUps.some(({ body }) => body['callId'] === callId));
    },
  );

  stage.scene('no service is refused anything', reportCall('last'), ({ system }) => {
    for (const { name, output } of system.services.values()) expect([name, REFUSAL.exec(output)]).toEqual([name, null]);
  });

  it('the command line reads as operator', async () => {
    const { nats, users } = stage.system;
    const { code, out, err } = await runCommand(['dlq', 'list'], {
      NATS_URL: nats.url,
      ...users?.environmentOf('operator'),
    });
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe('No dead letters.\n');
  });
});

import { describe, expect } from '@jest/globals';
import { DEFAULT_FAILURE_TEXT, HEARTBEAT_MS, WORKER_PATIENCE_MS } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { TIME_FACTOR } from './harness/environment.js';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { Plays } from './harness/plays.js';
import { oneJob } from './harness/scenarios.js';
import type { Played, PlayedCall } from './harness/simulator.js';
import { answersIn, eventsOf } from './harness/stage.js';

/** A tool as `GET /tools` shows it. */
interface ShownTool {
  readonly name: string;
  readonly status: string;
  readonly definition: { readonly worker: string; readonly version: string; readonly description: string };
  readonly replicas: readonly { readonly worker: string; readonly replica: string; readonly version: string }[];
  readonly conflicts: readonly object[];
}

const ACCEPTED = expect.stringContaining('There is no result yet') as unknown;
/** More than the gateway needs to look and the test to ask. */
const SLACK_MS = 4000;

async function shown(system: InterjectSystem, name: string): Promise<ShownTool> {
  const { tools } = (await system.api('/tools')).body as { tools: ShownTool[] };
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`GET /tools does not show ${name}.`);
  return tool;
}

/** Resolves when `GET /tools` shows it so. */
async function untilShown(
  system: InterjectSystem,
  name: string,
  accept: (tool: ShownTool) => boolean,
  timeoutMs = 5000,
): Promise<ShownTool> {
  return eventually(
    async () => {
      const tool = await shown(system, name);
      if (!accept(tool)) throw new Error(`it is shown as ${JSON.stringify(tool)}`);
      return tool;
    },
    { timeoutMs, intervalMs: 100 },
  );
}

async function gauge(system: InterjectSystem, name: string, labels: string): Promise<number> {
  const metrics = await system.service('gateway').metrics();
  return Number(new RegExp(`^${name}\\{${labels}\\} (\\d+)$`, 'm').exec(metrics)?.[1]);
}

/** What the gateway has logged about a tool. */
function logged(system: InterjectSystem, tool: string, message: string): Record<string, unknown>[] {
  const lines = system
    .service('gateway')
    .output.split('\n')
    .filter((line) => line.includes(message));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line['tool'] === tool);
}

async function storedJobs(system: InterjectSystem, tool: string): Promise<number> {
  return (await system.inspector.messages('TOOL_CALLS', new RegExp(`^tool-calls\\.${tool}\\.`))).length;
}

function callOf(played: Played): PlayedCall {
  expectPassed(played);
  const [call] = played.calls;
  if (call === undefined) throw new Error('There was no call.');
  return call;
}

describe('the registry of tools', () => {
  const plays = new Plays();

  plays.play(
    'a worker is killed: its tool is taken for a while, then refused at once, and taken again when it is back',
    async (system, { worker: start }) => {
      const worker = await start('lost');
      await worker.kill();
      const killedAt = performance.now();
      const early = system.simulator.play(oneJob('lost', 'asked early'));
      await eventually(async () => (await storedJobs(system, 'lost')) === 1);
      const statuses = new Set<string>();
      const isLost = ({ status }: ShownTool): boolean => statuses.add(status) && status === 'no-worker';
      await untilShown(system, 'lost', isLost, WORKER_PATIENCE_MS + SLACK_MS);
      // The patience begins with its last heartbeat.
      expect(performance.now() - killedAt).toBeGreaterThan(WORKER_PATIENCE_MS - HEARTBEAT_MS - 1000);
      expect([...statuses]).toEqual(['live', 'restarting', 'no-worker']);
      expect(logged(system, 'lost', 'no worker runs this tool')).toHaveLength(1);

      const refused = callOf(
        await system.simulator.play(oneJob('lost', 'asked in vain', { heard: DEFAULT_FAILURE_TEXT })),
      );
      expect(answersIn(refused)).toMatchObject([{ tool: 'lost', error: expect.stringContaining('is down') }]);
      const [answered] = eventsOf(refused, 'webhook-answered').filter(({ message }) => message === 'tool-calls');
      expect(answered).toMatchObject({ status: 200, attempt: 1 });
      expect(Number(answered?.['tookMs']) / TIME_FACTOR).toBeLessThan(1000);
      expect(await storedJobs(system, 'lost')).toBe(1);

      await (await worker.next()).ready();
      await untilShown(system, 'lost', ({ status }) => status === 'live');
      const again = system.simulator.play(oneJob('lost', 'asked again'));
      expect(answersIn(callOf(await early))).toMatchObject([{ result: ACCEPTED }]);
      expect(answersIn(callOf(await again))).toMatchObject([{ result: ACCEPTED }]);
      expect(worker.backend.requests.map(({ body }) => body['text'])).toEqual(['asked early', 'asked again']);
    },
  );

  plays.play('NATS is away for longer than a worker may be: no tool is given up', async () => {
    const system = await InterjectSystem.start({ services: ['gateway', 'http-worker'] });
    try {
      await system.nats.stop();
      const stoppedAt = performance.now();
      const isLong = (): boolean => performance.now() - stoppedAt > WORKER_PATIENCE_MS + 1000;
      const isAlive = ({ status }: ShownTool): boolean => status !== 'no-worker';
      await untilShown(
        system,
        'plain',
        (tool) => {
          expect(isAlive(tool)).toBe(true);
          return isLong();
        },
        WORKER_PATIENCE_MS + SLACK_MS,
      );
      await system.nats.launch();
      await system.ready();
      const call = callOf(await system.simulator.play(oneJob('plain', 'after the outage', { heard: null })));
      expect(answersIn(call)).toMatchObject([{ result: ACCEPTED }]);
      await eventually(() => system.backend.jobsFor('after the outage').length === 1);
      expect(await shown(system, 'plain')).toMatchObject({ status: 'live', replicas: [{ worker: 'http-worker' }] });
      expect(logged(system, 'plain', 'no worker runs this tool')).toEqual([]);
    } finally {
      await system.stop();
    }
  });

  plays.play(
    'a worker is updated replica by replica and then stopped: shown as it is, and never refused',
    async (system, { worker: start }) => {
      const worker = await start('updated');
      const alone = await shown(system, 'updated');
      const { version } = alone.definition;
      expect(alone).toMatchObject({ status: 'live', replicas: [{ worker: 'http-worker', version }], conflicts: [] });

      await worker.redefine({ description: 'Does a job, and better than before.' });
      await (await worker.next()).ready();
      const both = await untilShown(system, 'updated', ({ replicas }) => replicas.length === 2);
      expect(new Set(both.replicas.map((each) => each.version)).size).toBe(2);
      expect(both.conflicts).toMatchObject([{ kind: 'versions', schemas: 'same', isLasting: false }]);
      expect(both.definition.description).toMatch(/better/);
      expect(await gauge(system, 'interject_tool_replicas', 'tool="updated"')).toBe(2);
      const versions = 'tool="updated",kind="versions"';
      expect(await gauge(system, 'interject_tool_conflicts', versions)).toBe(1);

      expect(await system.service('updated-1').stop()).toBe(0);
      const left = await untilShown(system, 'updated', ({ replicas }) => replicas.length === 1);
      expect(left).toMatchObject({ status: 'live', conflicts: [], replicas: [{ version: both.definition.version }] });
      await eventually(async () => (await gauge(system, 'interject_tool_conflicts', versions)) === 0);

      // Known at once: silence would be noticed after 7.5 s only.
      expect(await worker.stop()).toBe(0);
      const stoppedAt = performance.now();
      await untilShown(system, 'updated', ({ status, replicas }) => status === 'restarting' && replicas.length === 0);
      expect(performance.now() - stoppedAt).toBeLessThan(HEARTBEAT_MS);
      const playing = system.simulator.play(oneJob('updated', 'asked meanwhile'));
      await eventually(async () => (await storedJobs(system, 'updated')) === 1);
      await worker.next();
      expect(answersIn(callOf(await playing))).toMatchObject([{ result: ACCEPTED }]);
      expect((await shown(system, 'updated')).status).toBe('live');
      expect(logged(system, 'updated', 'no worker runs this tool')).toEqual([]);
    },
  );

  plays.play(
    'a tool comes when the gateway is up already, and then another worker that claims it: reported until one is gone',
    async (system, { worker: start }) => {
      const unknown = callOf(
        await system.simulator.play(oneJob('find_slots', 'too early', { heard: DEFAULT_FAILURE_TEXT })),
      );
      expect(answersIn(unknown)).toMatchObject([{ error: expect.stringContaining('not available') }]);
      await start('find_slots');
      callOf(await system.simulator.play(oneJob('find_slots', 'found them')));
      expect(await storedJobs(system, 'find_slots')).toBe(1);

      const rival = await system.add('appointments-worker');
      await rival.ready();
      const { conflicts } = await untilShown(
        system,
        'find_slots',
        (tool) => tool.conflicts.length > 0 && tool.definition.worker === 'appointments-worker',
      );
      const parties = ['appointments-worker', 'http-worker'].map((name) => ({ worker: name, replicas: 1 }));
      expect(conflicts).toMatchObject([{ kind: 'workers', schemas: 'different', parties }]);
      const workers = 'tool="find_slots",kind="workers"';
      expect(await gauge(system, 'interject_tool_conflicts', workers)).toBe(1);
      const report = { level: 'error', kind: 'workers', schemas: 'different', parties };
      // Told before too, if it was noticed before the definition was seen.
      expect(logged(system, 'find_slots', 'two workers offer one tool').at(-1)).toMatchObject(report);
      // What they do not both offer is not disputed.
      expect((await shown(system, 'book_appointment')).conflicts).toEqual([]);

      expect(await rival.stop()).toBe(0);
      await untilShown(system, 'find_slots', (tool) => tool.conflicts.length === 0);
      await eventually(async () => (await gauge(system, 'interject_tool_conflicts', workers)) === 0);
      expect(logged(system, 'find_slots', 'the conflict over a tool is over')).toHaveLength(1);
    },
  );
});

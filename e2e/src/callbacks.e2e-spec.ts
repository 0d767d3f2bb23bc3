import { describe, expect } from '@jest/globals';
import type { ToolCallFinished } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { expectPassed } from './harness/expect-passed.js';
import type { InterjectSystem } from './harness/interject-system.js';
import type { LoneWorker } from './harness/lone-worker.js';
import { Plays } from './harness/plays.js';
import { oneJob } from './harness/scenarios.js';

const LATER = { callback: true, path: '/later' };
const FAILURE = 'The archive did not call back.';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The backend calls back. */
async function callBack(url: string, data: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(data) });
  return { status: response.status, body: await response.json() };
}

/** Where the backend is to call back for a job that it has taken over, when Interject knows that it did. */
async function handedOver(system: InterjectSystem, { backend, tool }: LoneWorker, text: string): Promise<string> {
  const url = await eventually(() => backend.callbackUrls.get(text), { timeoutMs: 20_000 });
  const [, token] = url.split('/callbacks/');
  expect(url).toBe(`http://127.0.0.1:${String(system.gatewayPort)}/callbacks/${String(token)}`);
  await eventually(async () => (await eventsOf(system, 'handed-over', tool)).length >= backend.callbackUrls.size);
  return url;
}

async function eventsOf<T extends { readonly tool: string }>(
  system: InterjectSystem,
  name: string,
  tool: string,
): Promise<T[]> {
  const events = await system.inspector.messages('CALL_EVENTS', new RegExp(`\\.${name}\\.`));
  return events.map(({ data }) => data as T).filter((event) => event.tool === tool);
}

const resultsOf = (system: InterjectSystem, tool: string): Promise<ToolCallFinished[]> =>
  eventsOf<ToolCallFinished>(system, 'result', tool);

describe('a backend that answers 202 and calls back', () => {
  const plays = new Plays({ env: { CALLBACK_SECRET: 'callback-secret-of-e2e' } });

  plays.play(
    'its worker is killed after it took the jobs over: it is not asked again, and each callback is heard once',
    async (system, { worker: start }) => {
      const worker = await start('entrusted', LATER);
      const texts = { early: 'Called while nobody was there.', late: 'Called when somebody was there again.' };
      const playing = Object.values(texts).map((text) => system.simulator.play(oneJob('entrusted', text)));
      const early = await handedOver(system, worker, texts.early);
      const late = await handedOver(system, worker, texts.late);
      await eventually(async () => (await eventsOf(system, 'handed-over', 'entrusted')).length === 2);
      await worker.kill();
      expect(await callBack(early, { text: texts.early })).toEqual({ status: 200, body: { status: 'accepted' } });

      const next = await worker.next();
      await next.ready();
      const waits = /^interject_jobs_running\{tool="entrusted"\} 1$/m;
      await eventually(async () => (await resultsOf(system, 'entrusted')).length === 1, { timeoutMs: 20_000 });
      await eventually(async () => waits.test(await next.metrics()));
      expect(await callBack(late, { text: texts.late })).toEqual({ status: 200, body: { status: 'accepted' } });
      for (const played of await Promise.all(playing)) expectPassed(played);

      for (const url of [early, late, `${late}/failure`]) {
        expect(await callBack(url, { text: 'again' })).toEqual({ status: 200, body: { status: 'known' } });
      }
      const results = await resultsOf(system, 'entrusted');
      expect(results).toMatchObject([{ outcome: 'succeeded' }, { outcome: 'succeeded' }]);
      expect(results.map(({ text }) => text).sort()).toEqual(Object.values(texts).sort());
      expect(worker.backend.requests).toHaveLength(2);
    },
  );

  plays.play(
    'it says that the job failed: the caller hears why. A forged callback is nothing',
    async (system, { worker: start }) => {
      const sayWhenFailed = 'That did not work: {{ answer.reason }}.';
      const worker = await start('regretted', { ...LATER, response: { sayWhenFailed } });
      const playing = system.simulator.play(
        oneJob('regretted', 'a seat', { heard: 'That did not work: it is sold out.' }),
      );
      const url = await handedOver(system, worker, 'a seat');
      const [origin = '', token = ''] = url.split('/callbacks/');
      const forged = [`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, token.slice(1), 'guessed'];
      for (const each of forged) {
        expect((await callBack(`${origin}/callbacks/${each}`, { text: 'a forged seat' })).status).toBe(404);
      }
      expect(await eventsOf(system, 'called-back', 'regretted')).toEqual([]);
      expect(await callBack(`${url}/failure`, { reason: 'it is sold out' })).toMatchObject({ status: 200 });
      expectPassed(await playing);
      const failed = { outcome: 'failed', attempts: 1, failure: { code: 'backend-reported-failure' } };
      expect(await resultsOf(system, 'regretted')).toMatchObject([failed]);
      expect(worker.backend.requests).toHaveLength(1);
    },
  );

  plays.play(
    'it calls back too late: it is told so, and the caller has heard the failure',
    async (system, { worker: start }) => {
      const worker = await start('overdue', { ...LATER, timeoutMs: 1500, sayOnFailure: FAILURE });
      const playing = system.simulator.play(oneJob('overdue', 'a late one', { heard: FAILURE }));
      const url = await handedOver(system, worker, 'a late one');
      const [result] = await eventually(async () => {
        const results = await resultsOf(system, 'overdue');
        return results.length > 0 ? results : undefined;
      });
      const state = result?.outcome;
      expect(['failed', 'timed-out']).toContain(state);
      expect(await callBack(url, { text: 'a late one' })).toMatchObject({ status: 410, body: { state } });
      expectPassed(await playing);
      expect(await resultsOf(system, 'overdue')).toHaveLength(1);
      expect(await eventsOf(system, 'called-back', 'overdue')).toEqual([]);
      // Not even once more, though three attempts are allowed.
      expect(worker.backend.requests).toHaveLength(1);
    },
  );
});

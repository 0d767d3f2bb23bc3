import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { json, Scene, URL_OF_CALLBACK } from '../testing/scene.js';

const settled = (attempt: Promise<unknown>): Promise<unknown> => attempt.catch((error: unknown) => error);

/** The backend calls back as soon as it was asked. */
function callsBack(scene: Scene, data?: unknown, outcome: 'succeeded' | 'failed' = 'succeeded'): void {
  scene.onAsked = () => {
    setImmediate(() => {
      scene.callBack(data, outcome);
    });
  };
}

describe('a backend that calls back', () => {
  it('is told where, hands over by 202, and its callback is the answer', async () => {
    const scene = new Scene({ callback: true });
    scene.answers = [json(202, { accepted: true })];
    callsBack(scene, { status: 'shipped' });
    expect(await scene.attempt()).toEqual({ status: 'shipped' });
    expect(scene.asked[0]?.headers['x-interject-callback-url']).toBe(URL_OF_CALLBACK);
    expect(scene.steps).toEqual(['listens', 'asked', 'handed over']);
  });

  it('may answer at once all the same', async () => {
    const scene = new Scene({ callback: true });
    scene.answers = [json(200, { status: 'shipped' })];
    expect(await scene.attempt()).toEqual({ status: 'shipped' });
    expect(scene.steps).toEqual(['listens', 'asked', 'looks']);
    expect(scene.clock.nextTimerAt()).toBeUndefined();
  });

  it('is not asked again when it has the job already', async () => {
    const scene = new Scene({ callback: true });
    scene.wasHandedOver = true;
    scene.attemptNumber = 2;
    scene.calledBack = { outcome: 'succeeded', data: 'Done.' };
    expect(await scene.attempt()).toBe('Done.');
    expect(scene.steps).toEqual(['listens']);
  });

  it('may hand over by the statuses and hear of its header as the file says', async () => {
    const scene = new Scene({ callback: { header: 'X-Resume-Url', acceptStatuses: [200, 202] } });
    scene.answers = [{ status: 200, text: 'Accepted' }];
    callsBack(scene, 7);
    expect(await scene.attempt()).toBe(7);
    expect(scene.asked[0]?.headers).toMatchObject({ 'x-resume-url': URL_OF_CALLBACK });
    expect(scene.asked[0]?.headers).not.toHaveProperty('x-interject-callback-url');
  });

  it('says by its callback that the job failed, in words of the file', async () => {
    const scene = new Scene({ callback: true, response: { sayWhenFailed: 'No luck: {{ answer.reason }}.' } });
    scene.answers = [{ status: 202 }];
    callsBack(scene, { reason: 'sold out' }, 'failed');
    await expect(scene.attempt()).rejects.toMatchObject({
      code: 'backend-reported-failure',
      retryable: false,
      say: 'No luck: sold out.',
    });
  });

  it('has its callback treated as an answer at once would be', async () => {
    const response = { pick: 'data.status', failWhen: '{{ answer.error }}' };
    const good = new Scene({ callback: true, response });
    good.answers = [{ status: 202 }];
    callsBack(good, { data: { status: 'shipped' } });
    expect(await good.attempt()).toBe('shipped');
    const bad = new Scene({ callback: true, response });
    bad.answers = [{ status: 202 }];
    callsBack(bad, { error: 'no such order' });
    await expect(bad.attempt()).rejects.toMatchObject({ code: 'backend-reported-failure' });
    const vapi = new Scene({ callback: true }, { format: 'vapi' });
    vapi.answers = [{ status: 202 }];
    callsBack(vapi, { results: [{ toolCallId: 'tc-1', result: 'Shipped.' }] });
    expect(await vapi.attempt()).toBe('Shipped.');
  });

  it('has 10 s to say that it has begun, then it is asked again', async () => {
    const scene = new Scene({ callback: true });
    const failure = settled(scene.attempt());
    await scene.clock.advance(9_999);
    expect(scene.steps).toEqual(['listens', 'asked']);
    await scene.clock.advance(1);
    expect(await failure).toMatchObject({ code: 'backend-timeout', retryable: true });
    expect(scene.clock.nextTimerAt()).toBeUndefined();
  });
});

describe('a backend that calls back before it answers', () => {
  it('is heard at once, and its request ends', async () => {
    const scene = new Scene({ callback: true });
    const attempt = scene.attempt();
    await scene.clock.advance(3000);
    scene.callBack({ status: 'shipped' });
    expect(await attempt).toEqual({ status: 'shipped' });
    expect(scene.steps).toEqual(['listens', 'asked', 'aborted']);
    expect(scene.clock.nextTimerAt()).toBeUndefined();
  });

  it('may have failed, by its callback', async () => {
    const scene = new Scene({ callback: true });
    const failure = settled(scene.attempt());
    await scene.clock.advance(3000);
    scene.callBack(undefined, 'failed');
    expect(await failure).toMatchObject({ code: 'backend-reported-failure', retryable: false });
  });

  it.each([
    ['says that it is done', json(200, { message: 'Workflow finished' })],
    ['refuses a repeat', { status: 409 }],
    ['breaks', { status: 500 }],
  ])('and then %s: the callback is the answer, though it was not heard yet', async (_what, answer) => {
    const scene = new Scene({ callback: true });
    scene.answers = [answer];
    scene.isStoredOnly = true;
    scene.callBack('Done.');
    expect(await scene.attempt()).toBe('Done.');
  });

  it('and whose answer is lost, has answered', async () => {
    const scene = new Scene({ callback: true });
    scene.isStoredOnly = true;
    const attempt = scene.attempt();
    scene.callBack('Done.');
    await scene.clock.advance(10_000);
    expect(await attempt).toBe('Done.');
    expect(scene.steps).toEqual(['listens', 'asked', 'aborted', 'looks']);
  });
});

describe('while nobody can say whether a backend called back', () => {
  it('its result is taken, after a moment', async () => {
    const scene = new Scene({ callback: true });
    scene.isAway = true;
    scene.answers = [json(200, 'Done.')];
    const attempt = scene.attempt();
    await scene.clock.advance(1000);
    expect(await attempt).toBe('"Done."');
    expect(scene.clock.nextTimerAt()).toBeUndefined();
  });

  it('its failure is not, until the end of the attempt', async () => {
    const scene = new Scene({ callback: true });
    scene.isAway = true;
    scene.answers = [{ status: 409 }];
    let end: unknown;
    void settled(scene.attempt()).then((value) => (end = value));
    await scene.clock.advance(60_000);
    expect(scene.steps).toEqual(['listens', 'asked', 'looks']);
    expect(end).toBeUndefined();
  });
});

describe('the end of an attempt', () => {
  it('goes before anything else', async () => {
    const scene = new Scene({ callback: true });
    const failure = settled(scene.attempt());
    await scene.clock.advance(10);
    const reason = new Error('call ended');
    scene.abort.abort(reason);
    expect(await failure).toBe(reason);
    expect(scene.steps).not.toContain('looks');
  });
});

import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { isToolError } from '@interject/worker-sdk';
import type { BackendAnswer } from '../backend/answer.js';
import { json, Scene } from '../testing/scene.js';

describe('request.timeoutMs', () => {
  it('leaves no timer behind, and the end of the attempt goes first', async () => {
    const scene = new Scene({}, { timeoutMs: 500 });
    scene.answers = [{ status: 200, text: 'ok' }];
    expect(await scene.attempt()).toBe('ok');
    expect(scene.clock.nextTimerAt()).toBeUndefined();
    const attempt = scene.attempt();
    scene.abort.abort(new Error('call ended'));
    const error: unknown = await attempt.catch((thrown: unknown) => thrown);
    expect(isToolError(error)).toBe(false);
  });
});

describe('202 from a backend that cannot call back', () => {
  it('is an answer when there are words for it, of the file or of the backend', async () => {
    const worded = new Scene({ say: 'Your mail is on its way.' });
    worded.answers = [{ status: 202 }];
    expect(await worded.attempt()).toBeUndefined();
    const spoken = new Scene({});
    spoken.answers = [{ status: 202, text: 'Your mail is on its way.' }];
    expect(await spoken.attempt()).toBe('Your mail is on its way.');
  });

  it('is not announced as a result that is ready', async () => {
    const scene = new Scene({});
    scene.answers = [json(202, { id: 7 })];
    const failure = {
      code: 'backend-answered-202',
      retryable: false,
      message: expect.stringContaining('callback: true'),
    };
    await expect(scene.attempt()).rejects.toMatchObject(failure);
  });

  const say = 'Your order is {{ result.status }}.';
  it.each<[string, object, object, Partial<BackendAnswer>]>([
    ['words that need more than it brings', { say }, {}, json(202, {})],
    ['words that need an answer, and none', { say }, {}, { status: 202 }],
    ['words that come out empty', { say: '{{ result.note }}' }, {}, json(202, { note: '' })],
    ['nothing at response.pick', { response: { pick: 'status' } }, {}, json(202, {})],
    ['a text too long to be said as it is', {}, {}, { status: 202, text: 'x'.repeat(501) }],
    ['no result in the form of Vapi', {}, { format: 'vapi' }, json(202, { accepted: true })],
    [
      'a result of Vapi that nobody can say',
      {},
      { format: 'vapi' },
      json(202, { results: [{ toolCallId: 'tc-1', result: { id: 7 } }] }),
    ],
  ])('is a failure with %s', async (_what, entry, request, answer) => {
    const scene = new Scene(entry, request);
    scene.answers = [answer];
    await expect(scene.attempt()).rejects.toMatchObject({ code: 'backend-answered-202', retryable: false });
  });

  it('has the words that it brings', async () => {
    const scene = new Scene({ say });
    scene.answers = [json(202, { status: 'on its way' })];
    expect(await scene.attempt()).toEqual({ status: 'on its way' });
    expect(scene.logged).toEqual([]);
  });

  it('says in the log which words could not be made', async () => {
    const scene = new Scene({ say });
    scene.answers = [json(202, {})];
    await expect(scene.attempt()).rejects.toBeDefined();
    expect(scene.logged).toEqual([
      {
        message: 'a template of the tools file cannot be filled',
        fields: { field: 'say', problem: 'names result.status, which is not there' },
      },
    ]);
  });
});

describe('an answer that is no success', () => {
  it('may be put into words', async () => {
    const scene = new Scene({ response: { sayWhenFailed: '{{ answer.message }}' } });
    scene.answers = [
      json(404, { message: 'There is no such order.' }),
      { status: 404, text: '<html>' },
      { status: 503 },
    ];
    await expect(scene.attempt()).rejects.toMatchObject({ code: 'backend-http-404', say: 'There is no such order.' });
    await expect(scene.attempt()).rejects.toMatchObject({ code: 'backend-http-404', say: undefined });
    await expect(scene.attempt()).rejects.toMatchObject({ code: 'backend-http-503', retryable: true, say: undefined });
  });
});

describe('a template that cannot be filled', () => {
  it('is told to the operator, by names that stand in the file', async () => {
    const scene = new Scene({}, { body: '{"id":{{ arguments.id }}}' });
    await expect(scene.attempt({ secret: 'x' })).rejects.toMatchObject({ code: 'template', retryable: false });
    expect(scene.logged).toEqual([
      {
        message: 'a template of the tools file cannot be filled',
        fields: { field: 'request.body', problem: 'names arguments.id, which is not there' },
      },
    ]);
    expect(scene.asked).toEqual([]);
  });

  it('is no success when it decides about success', async () => {
    const failWhen = '{% for i in (1..answer.count) %}x{% endfor %}';
    const scene = new Scene({ response: { failWhen }, say: 'It is booked.' });
    scene.answers = [json(200, { count: 2_000_000_000 })];
    await expect(scene.attempt()).rejects.toMatchObject({ code: 'template', retryable: false });
    expect(scene.logged).toEqual([
      {
        message: 'a template of the tools file cannot be filled',
        fields: { field: 'response.failWhen', problem: 'cannot be filled' },
      },
    ]);
  });
});

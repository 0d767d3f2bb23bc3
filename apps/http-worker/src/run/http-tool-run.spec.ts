import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { isToolError } from '@interject/worker-sdk';
import type { Callback, CallbackAnswer, ToolCallContext } from '@interject/worker-sdk';
import type { BackendAnswer } from '../backend/answer.js';
import type { BackendRequest } from '../backend/build-request.js';
import { readHttpTool } from '../file/http-tool.js';
import { HttpToolRun } from './http-tool-run.js';

const URL_OF_CALLBACK = 'https://g.example/callbacks/t.s';

interface Fields {
  readonly message: string;
  readonly fields: unknown;
}

/** One tool call of one tool: what its backend answers is in the hands of the test. */
class Scene {
  readonly clock = new VirtualClock();
  readonly asked: BackendRequest[] = [];
  readonly logged: Fields[] = [];
  readonly steps: string[] = [];
  readonly abort = new AbortController();
  answers: Partial<BackendAnswer>[] = [];
  wasHandedOver = false;
  attemptNumber = 1;
  /** Undefined: it does not call back. */
  calledBack: CallbackAnswer | undefined = { outcome: 'succeeded' };
  private readonly run: HttpToolRun;

  constructor(entry: object, request: object = {}) {
    const raw = {
      name: 'order_status',
      description: 'x',
      request: { url: 'https://b.example/x', ...request },
      ...entry,
    };
    const { tool, problems } = readHttpTool(raw, {});
    if (tool === undefined) throw new Error(JSON.stringify(problems));
    this.run = new HttpToolRun(tool, { send: (sent, signal) => this.send(sent, signal) }, this.clock, Log.silent());
  }

  attempt(args: object = {}): Promise<unknown> {
    const log = (message: string, fields?: unknown): void => {
      this.logged.push({ message, fields });
    };
    const call: ToolCallContext = {
      callId: 'call-1',
      toolCallId: 'tc-1',
      tool: 'order_status',
      attempt: this.attemptNumber,
      idempotencyKey: 'key-1',
      signal: this.abort.signal,
      requestedAt: 1000,
      deadlineAt: 61_000,
      log: { debug: log, info: log, warn: log, error: log },
      progress: () => Promise.resolve(),
      callback: () => Promise.resolve(this.callback()),
    };
    return this.run.attempt(args, call);
  }

  private callback(): Callback {
    return {
      url: URL_OF_CALLBACK,
      wasHandedOver: this.wasHandedOver,
      handedOver: () => {
        this.steps.push('handed over');
        return Promise.resolve();
      },
      answer: () => {
        this.steps.push('waits');
        return this.calledBack === undefined ? new Promise(() => undefined) : Promise.resolve(this.calledBack);
      },
    };
  }

  private async send(request: BackendRequest, signal: AbortSignal): Promise<BackendAnswer> {
    this.asked.push(request);
    this.steps.push('asked');
    const answer = this.answers.shift();
    if (answer !== undefined) return { status: 200, contentType: '', retryAfter: undefined, text: '', ...answer };
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('aborted'));
      });
    });
  }
}

const json = (status: number, value: unknown): Partial<BackendAnswer> => ({ status, text: JSON.stringify(value) });

describe('a backend that calls back', () => {
  it('is told where, hands over by 202, and its callback is the answer', async () => {
    const scene = new Scene({ callback: true });
    scene.answers = [json(202, { accepted: true })];
    scene.calledBack = { outcome: 'succeeded', data: { status: 'shipped' } };
    expect(await scene.attempt()).toEqual({ status: 'shipped' });
    expect(scene.asked[0]?.headers['x-interject-callback-url']).toBe(URL_OF_CALLBACK);
    expect(scene.steps).toEqual(['asked', 'handed over', 'waits']);
  });

  it('may answer at once all the same', async () => {
    const scene = new Scene({ callback: true });
    scene.answers = [json(200, { status: 'shipped' })];
    expect(await scene.attempt()).toEqual({ status: 'shipped' });
    expect(scene.steps).toEqual(['asked']);
  });

  it('is not asked again when it has the job already', async () => {
    const scene = new Scene({ callback: true });
    scene.wasHandedOver = true;
    scene.calledBack = { outcome: 'succeeded', data: 'Done.' };
    expect(await scene.attempt()).toBe('Done.');
    expect(scene.steps).toEqual(['waits']);
  });

  it('is waited for once, not once for every attempt', async () => {
    const scene = new Scene({ callback: true });
    scene.wasHandedOver = true;
    scene.attemptNumber = 2;
    scene.calledBack = undefined;
    const failure = scene.attempt().catch((error: unknown) => error);
    await scene.clock.advance(999);
    expect(scene.clock.nextTimerAt()).toBeDefined();
    await scene.clock.advance(1);
    expect(await failure).toMatchObject({ code: 'callback-overdue', retryable: false });
    expect(scene.steps).toEqual(['waits']);
  });

  it('may have called back between two attempts', async () => {
    const scene = new Scene({ callback: true });
    scene.wasHandedOver = true;
    scene.attemptNumber = 2;
    scene.calledBack = { outcome: 'succeeded', data: 'Done.' };
    expect(await scene.attempt()).toBe('Done.');
    expect(scene.clock.nextTimerAt()).toBeUndefined();
  });

  it('may hand over by the statuses and hear of its header as the file says', async () => {
    const scene = new Scene({ callback: { header: 'X-Resume-Url', acceptStatuses: [200, 202] } });
    scene.answers = [{ status: 200, text: 'Accepted' }];
    scene.calledBack = { outcome: 'succeeded', data: 7 };
    expect(await scene.attempt()).toBe(7);
    expect(scene.asked[0]?.headers).toMatchObject({ 'x-resume-url': URL_OF_CALLBACK });
    expect(scene.asked[0]?.headers).not.toHaveProperty('x-interject-callback-url');
  });

  it('says by its callback that the job failed, in words of the file', async () => {
    const scene = new Scene({ callback: true, response: { sayWhenFailed: 'No luck: {{ answer.reason }}.' } });
    scene.answers = [{ status: 202 }];
    scene.calledBack = { outcome: 'failed', data: { reason: 'sold out' } };
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
    good.calledBack = { outcome: 'succeeded', data: { data: { status: 'shipped' } } };
    expect(await good.attempt()).toBe('shipped');
    const bad = new Scene({ callback: true, response });
    bad.answers = [{ status: 202 }];
    bad.calledBack = { outcome: 'succeeded', data: { error: 'no such order' } };
    await expect(bad.attempt()).rejects.toMatchObject({ code: 'backend-reported-failure' });
    const vapi = new Scene({ callback: true }, { format: 'vapi' });
    vapi.answers = [{ status: 202 }];
    vapi.calledBack = { outcome: 'succeeded', data: { results: [{ toolCallId: 'tc-1', result: 'Shipped.' }] } };
    expect(await vapi.attempt()).toBe('Shipped.');
  });

  it('has 10 s to say that it has begun, then it is asked again', async () => {
    const scene = new Scene({ callback: true });
    const attempt = scene.attempt();
    const failure = attempt.catch((error: unknown) => error);
    await scene.clock.advance(9_999);
    expect(scene.clock.nextTimerAt()).toBeDefined();
    await scene.clock.advance(1);
    expect(await failure).toMatchObject({ code: 'backend-timeout', retryable: true });
    expect(scene.clock.nextTimerAt()).toBeUndefined();
  });
});

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
});

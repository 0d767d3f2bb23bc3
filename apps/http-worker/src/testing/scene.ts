import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import type { Callback, CallbackAnswer, ToolCallContext } from '@interject/worker-sdk';
import type { BackendAnswer } from '../backend/answer.js';
import type { BackendRequest } from '../backend/build-request.js';
import { readHttpTool } from '../file/http-tool.js';
import { HttpToolRun } from '../run/http-tool-run.js';

export const URL_OF_CALLBACK = 'https://g.example/callbacks/t.s';

interface Logged {
  readonly message: string;
  readonly fields: unknown;
}

/** One tool call of one tool of the file: what its backend answers is in the hands of the test. */
export class Scene {
  readonly clock = new VirtualClock();
  readonly asked: BackendRequest[] = [];
  readonly logged: Logged[] = [];
  readonly steps: string[] = [];
  readonly abort = new AbortController();
  answers: Partial<BackendAnswer>[] = [];
  wasHandedOver = false;
  attemptNumber = 1;
  /** Stored before the tool call, or undefined; see {@link callBack}. */
  calledBack: CallbackAnswer | undefined;
  /** It is stored, and has not been heard yet. */
  isStoredOnly = false;
  /** Nobody knows what is stored. */
  isAway = false;
  /** Called for each request, once it is on its way. */
  onAsked: () => void = () => undefined;
  private readonly heard: ((answer: CallbackAnswer) => void)[] = [];
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

  /** The backend calls back; `data` is what it brings. */
  callBack(data: unknown, outcome: CallbackAnswer['outcome'] = 'succeeded'): void {
    this.calledBack = { outcome, data };
    if (this.isStoredOnly) return;
    for (const hear of this.heard) hear(this.calledBack);
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
        this.steps.push('listens');
        if (this.calledBack !== undefined && !this.isStoredOnly) return Promise.resolve(this.calledBack);
        return new Promise((resolve, reject) => {
          this.heard.push(resolve);
          this.abort.signal.addEventListener('abort', () => {
            reject(this.abort.signal.reason as Error);
          });
        });
      },
      peek: () => {
        this.steps.push('looks');
        return this.isAway ? new Promise(() => undefined) : Promise.resolve(this.calledBack);
      },
    };
  }

  private async send(request: BackendRequest, signal: AbortSignal): Promise<BackendAnswer> {
    this.asked.push(request);
    this.steps.push('asked');
    this.onAsked();
    const answer = this.answers.shift();
    if (answer !== undefined) return { status: 200, contentType: '', retryAfter: undefined, text: '', ...answer };
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        this.steps.push('aborted');
        reject(new Error('aborted'));
      });
    });
  }
}

/** An answer with JSON. */
export const json = (status: number, value: unknown): Partial<BackendAnswer> => ({
  status,
  text: JSON.stringify(value),
});

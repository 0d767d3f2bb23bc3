import type { Clock, Log } from '@interject/observability';
import { NonRetryableError, ToolError } from '@interject/worker-sdk';
import type { Callback, CallbackAnswer, ToolCallContext } from '@interject/worker-sdk';
import { contentOf, contentOfRefusal, isSuccess, refusal } from '../backend/answer.js';
import type { BackendAnswer } from '../backend/answer.js';
import { buildRequest } from '../backend/build-request.js';
import type { BackendRequest, RequestInput } from '../backend/build-request.js';
import { failureWords, reportedFailure, resultOf } from '../backend/response-plan.js';
import { TemplateFailure } from '../backend/template-failure.js';
import type { HttpTool } from '../file/http-tool.js';

/** Sends a request; an {@link HttpBackend} does. */
export interface RequestSender {
  send(request: BackendRequest, signal: AbortSignal): Promise<BackendAnswer>;
}

const ACCEPTED = 202;
/** An attempt after one that handed the job over and waited to its deadline: only what has come meanwhile counts. */
const LAST_LOOK_MS = 1000;

/** Runs the tool calls of one tool of the file. */
export class HttpToolRun {
  constructor(
    private readonly tool: HttpTool,
    private readonly sender: RequestSender,
    private readonly clock: Clock,
    private readonly log: Pick<Log, 'isEnabled'>,
  ) {}

  /**
   * One attempt: asks the backend, and waits for its callback if it says that it calls back. A backend that took the job in
   * an earlier attempt is not asked again.
   *
   * @throws ToolError which says whether another attempt makes sense; `call.signal.reason` when the attempt is aborted
   */
  async attempt(args: object, call: ToolCallContext): Promise<unknown> {
    const { callback: plan } = this.tool;
    const callback = plan === undefined ? undefined : await call.callback();
    if (callback?.wasHandedOver === true) return this.calledBack(callback, args, call);
    const answer = await this.ask(this.request(args, call, callback), call);
    this.debug(call, 'backend answered', { status: answer.status });
    if (callback !== undefined && plan?.acceptStatuses.includes(answer.status) === true) {
      await callback.handedOver();
      return this.calledBack(callback, args, call);
    }
    return this.result(answer, args, call);
  }

  private request(args: object, call: ToolCallContext, callback: Callback | undefined): BackendRequest {
    const { callId, toolCallId, idempotencyKey, requestedAt } = call;
    const input: RequestInput = {
      args,
      callId,
      toolCallId,
      idempotencyKey,
      requestedAt,
      ...(callback && { callbackUrl: callback.url }),
    };
    try {
      return buildRequest(this.tool.request, this.tool.definition, input);
    } catch (error) {
      // The texts of both come from the file, not from the caller.
      if (error instanceof TemplateFailure) {
        call.log.error('a template of the tools file cannot be filled', { field: error.field, problem: error.problem });
      }
      throw error;
    }
  }

  private async ask(request: BackendRequest, call: ToolCallContext): Promise<BackendAnswer> {
    const { timeoutMs } = this.tool.request;
    if (timeoutMs === undefined) return this.sender.send(request, call.signal);
    const limit = new AbortController();
    const timer = this.clock.setTimeout(() => {
      limit.abort();
    }, timeoutMs);
    try {
      return await this.sender.send(request, AbortSignal.any([call.signal, limit.signal]));
    } catch (cause) {
      if (!limit.signal.aborted || call.signal.aborted) throw cause;
      throw ToolError.retryable('The backend did not answer in time.', { code: 'backend-timeout', cause });
    } finally {
      this.clock.clearTimeout(timer);
    }
  }

  private result(answer: BackendAnswer, args: object, call: ToolCallContext): unknown {
    const { response } = this.tool;
    if (!isSuccess(answer.status)) {
      throw refusal(answer, this.clock.now(), failureWords(response, contentOfRefusal(answer), args));
    }
    const content = contentOf(answer);
    if (answer.status === ACCEPTED) this.refuseEmptyPromise(content);
    return resultOf(response, content, { args, toolCallId: call.toolCallId });
  }

  /** 202 says that the job is not done. Words of the file or of the backend may say so; "the result is ready" may not. */
  private refuseEmptyPromise(content: unknown): void {
    if (this.tool.say !== undefined || typeof content === 'string') return;
    if (this.tool.response.format === 'vapi' && content !== undefined) return;
    const text =
      'The backend answered 202, has no result yet, and nobody waits for one: set `callback: true`, or `say`.';
    throw new NonRetryableError(text, { code: 'backend-answered-202' });
  }

  private async calledBack(callback: Callback, args: object, call: ToolCallContext): Promise<unknown> {
    const { response } = this.tool;
    const { outcome, data } = await this.answerInTime(callback, call);
    this.debug(call, 'backend called back', { outcome });
    if (outcome === 'failed') throw reportedFailure(response, data, args);
    return resultOf(response, data, { args, toolCallId: call.toolCallId });
  }

  /** The deadline of one attempt bounds the wait, not that of all together. A job of a lost worker begins anew. */
  private async answerInTime(callback: Callback, call: ToolCallContext): Promise<CallbackAnswer> {
    const answer = callback.answer();
    if (!callback.wasHandedOver || call.attempt === 1) return answer;
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimeout(() => {
        const text = 'The backend took the job and did not call back in time.';
        reject(new NonRetryableError(text, { code: 'callback-overdue' }));
      }, LAST_LOOK_MS);
      const clear = (): void => {
        this.clock.clearTimeout(timer);
      };
      void answer.then(resolve, reject).finally(clear);
    });
  }

  /** A logger of its own for each tool call is made when it is first asked for. */
  private debug(call: ToolCallContext, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.log.isEnabled('debug')) call.log.debug(message, fields);
  }
}

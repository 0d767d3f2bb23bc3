import type { Clock, Log } from '@interject/observability';
import { ToolError } from '@interject/worker-sdk';
import type { CallbackAnswer, ToolCallContext } from '@interject/worker-sdk';
import { contentOf, contentOfRefusal, isSuccess, refusal } from '../backend/answer.js';
import type { BackendAnswer } from '../backend/answer.js';
import { buildRequest } from '../backend/build-request.js';
import type { BackendRequest, RequestInput } from '../backend/build-request.js';
import { failureWords, reportedFailure, resultOf } from '../backend/response-plan.js';
import { TemplateFailure } from '../backend/template-failure.js';
import { firstAnswer } from '../callback/first-answer.js';
import type { HttpTool } from '../file/http-tool.js';
import { promised } from './promised.js';

/** Sends a request; an {@link HttpBackend} does. */
export interface RequestSender {
  send(request: BackendRequest, signal: AbortSignal): Promise<BackendAnswer>;
}

const ACCEPTED = 202;

/** Runs the tool calls of one tool of the file. */
export class HttpToolRun {
  constructor(
    private readonly tool: HttpTool,
    private readonly sender: RequestSender,
    private readonly clock: Clock,
    private readonly log: Pick<Log, 'isEnabled'>,
  ) {}

  /**
   * One attempt: asks the backend and hears its callback, if it calls back. A backend that has the job from an earlier
   * attempt is not asked again.
   *
   * @throws ToolError which says whether another attempt makes sense; `call.signal.reason` when the attempt is aborted
   */
  async attempt(args: object, call: ToolCallContext): Promise<unknown> {
    try {
      return await this.exchange(args, call);
    } catch (error) {
      if (error instanceof TemplateFailure) logFailure(error, call);
      throw error;
    }
  }

  private async exchange(args: object, call: ToolCallContext): Promise<unknown> {
    const { callback: plan } = this.tool;
    if (plan === undefined) return this.answered(await this.ask(this.request(args, call), call), args, call);
    const callback = await call.callback();
    if (callback.wasHandedOver) return this.calledBack(await callback.answer(), args, call);
    const request = this.request(args, call, callback.url);
    const first = await firstAnswer({
      callback,
      acceptStatuses: plan.acceptStatuses,
      clock: this.clock,
      signal: call.signal,
      ask: (signal) => this.ask(request, call, signal),
    });
    if (first.kind === 'called-back') return this.calledBack(first.answer, args, call);
    return this.answered(first.answer, args, call);
  }

  private request(args: object, call: ToolCallContext, callbackUrl?: string): BackendRequest {
    const { callId, toolCallId, idempotencyKey, requestedAt, traceparent } = call;
    const input: RequestInput = {
      args,
      callId,
      toolCallId,
      idempotencyKey,
      requestedAt,
      traceparent,
      ...(callbackUrl !== undefined && { callbackUrl }),
    };
    return buildRequest(this.tool.request, this.tool.definition, input);
  }

  /** @param also ends the request too, beside the end of the attempt and the limit of the file */
  private async ask(request: BackendRequest, call: ToolCallContext, also?: AbortSignal): Promise<BackendAnswer> {
    const signals = also === undefined ? [call.signal] : [call.signal, also];
    const { timeoutMs } = this.tool.request;
    if (timeoutMs === undefined) return this.heard(call, this.sender.send(request, AbortSignal.any(signals)));
    const limit = new AbortController();
    const timer = this.clock.setTimeout(() => {
      limit.abort();
    }, timeoutMs);
    try {
      return await this.heard(call, this.sender.send(request, AbortSignal.any([...signals, limit.signal])));
    } catch (cause) {
      if (!limit.signal.aborted || call.signal.aborted) throw cause;
      throw ToolError.retryable('The backend did not answer in time.', { code: 'backend-timeout', cause });
    } finally {
      this.clock.clearTimeout(timer);
    }
  }

  private async heard(call: ToolCallContext, answering: Promise<BackendAnswer>): Promise<BackendAnswer> {
    const answer = await answering;
    this.debug(call, 'backend answered', { status: answer.status });
    return answer;
  }

  private answered(answer: BackendAnswer, args: object, call: ToolCallContext): unknown {
    const { response } = this.tool;
    if (!isSuccess(answer.status)) {
      throw refusal(answer, this.clock.now(), failureWords(response, contentOfRefusal(answer), args));
    }
    const content = contentOf(answer);
    const context = { args, toolCallId: call.toolCallId };
    if (answer.status !== ACCEPTED) return resultOf(response, content, context);
    return promised(this.tool, content, context, (failure) => {
      logFailure(failure, call);
    });
  }

  private calledBack({ outcome, data }: CallbackAnswer, args: object, call: ToolCallContext): unknown {
    const { response } = this.tool;
    this.debug(call, 'backend called back', { outcome });
    if (outcome === 'failed') throw reportedFailure(response, data, args);
    return resultOf(response, data, { args, toolCallId: call.toolCallId });
  }

  /** A logger of its own for each tool call is made when it is first asked for. */
  private debug(call: ToolCallContext, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.log.isEnabled('debug')) call.log.debug(message, fields);
  }
}

/** The texts of both fields come from the file, not from the caller. */
function logFailure({ field, problem }: TemplateFailure, { log }: ToolCallContext): void {
  log.error('a template of the tools file cannot be filled', { field, problem });
}

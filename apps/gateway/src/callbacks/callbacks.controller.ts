import {
  BadRequestException,
  Body,
  Controller,
  GoneException,
  Headers,
  HttpCode,
  Inject,
  PayloadTooLargeException,
  Post,
  Req,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ToolCallCalledBack } from '@interject/contracts';
import { callbackSubject, labelCallback } from './callback-hooks.js';
import { goneBody } from './callback-outcomes.js';
import {
  CALLBACK_BODY_LIMIT,
  CALLBACK_FAILURE_PATH,
  CALLBACK_PATH,
  MAX_CALLBACK_DEPTH,
} from './callbacks.constants.js';
import { Callbacks } from './callbacks.service.js';

/** What a backend is answered. */
interface CallbackReply {
  readonly status: 'accepted' | 'known';
}

/** Takes the answers of backends that call back. Who is let in decides `installCallbackHooks`. */
@Controller()
export class CallbacksController {
  constructor(@Inject(Callbacks) private readonly callbacks: Callbacks) {}

  @Post(CALLBACK_PATH)
  @HttpCode(200)
  async succeeded(
    @Req() request: FastifyRequest,
    @Body() body: unknown,
    @Headers('traceparent') traceparent?: string,
  ): Promise<CallbackReply> {
    return this.take(request, 'succeeded', body, traceparent);
  }

  @Post(CALLBACK_FAILURE_PATH)
  @HttpCode(200)
  async failed(
    @Req() request: FastifyRequest,
    @Body() body: unknown,
    @Headers('traceparent') traceparent?: string,
  ): Promise<CallbackReply> {
    return this.take(request, 'failed', body, traceparent);
  }

  private async take(
    request: FastifyRequest,
    outcome: ToolCallCalledBack['outcome'],
    body: unknown,
    traceparent: string | undefined,
  ): Promise<CallbackReply> {
    const answer = await this.callbacks.take({ subject: callbackSubject(request), outcome, body, traceparent });
    switch (answer.outcome) {
      case 'accepted':
      case 'known':
        labelCallback(request, answer.outcome);
        return { status: answer.outcome };
      case 'late':
        labelCallback(request, 'late');
        throw new GoneException(goneBody(answer.state));
      case 'too-large':
        throw new PayloadTooLargeException(
          `The body is over ${String(CALLBACK_BODY_LIMIT / 1024)} KB as JSON. Send less.`,
        );
      case 'too-deep':
        throw new BadRequestException(`The body is nested deeper than ${String(MAX_CALLBACK_DEPTH)} levels.`);
    }
  }
}

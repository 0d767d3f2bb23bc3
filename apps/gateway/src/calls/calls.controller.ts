import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  UseGuards,
} from '@nestjs/common';
import { MAX_ID_LENGTH } from '@interject/contracts';
import { childTraceparent } from '@interject/observability';
import { ApiKeyGuard } from '../api/api-key.guard.js';
import { CallQuery } from './call-query.service.js';
import type { CallState } from './call-query.service.js';
import { CANCEL_PATH, UNKNOWN_CALL } from './calls.constants.js';
import { Cancellations } from './cancellations.service.js';
import { readCancelBody } from './read-cancel-body.js';

/** Tells what happened in a call: its tool calls and what became of each utterance. Stops its tool calls. */
@Controller()
@UseGuards(ApiKeyGuard)
export class CallsController {
  constructor(
    @Inject(CallQuery) private readonly calls: CallQuery,
    @Inject(Cancellations) private readonly cancellations: Cancellations,
  ) {}

  @Get('calls/:callId')
  async show(@Param('callId') callId: string): Promise<CallState> {
    const state = callId.length > MAX_ID_LENGTH ? undefined : await this.calls.find(callId);
    if (state === undefined) throw new NotFoundException(UNKNOWN_CALL);
    return state;
  }

  /** 202: its worker is told; `GET /calls/{callId}` shows when it has stopped. */
  @Post(CANCEL_PATH)
  @HttpCode(202)
  async cancel(
    @Param('callId') callId: string,
    @Param('toolCallId') toolCallId: string,
    @Body() body: unknown,
    @Headers('traceparent') traceparent?: string,
  ): Promise<{ toolCallId: string; tool: string; repeated: boolean }> {
    const read = readCancelBody(body);
    if (!read.ok) {
      this.cancellations.count('invalid');
      throw new BadRequestException(read.problem);
    }
    const trace = childTraceparent(traceparent);
    const answer = await this.cancellations.cancel(callId, toolCallId, read.reason, trace);
    switch (answer.outcome) {
      case 'accepted':
      case 'repeated':
        return { toolCallId, tool: answer.tool, repeated: answer.outcome === 'repeated' };
      case 'unknown-call':
        throw new NotFoundException(UNKNOWN_CALL);
      case 'unknown-tool-call':
        throw new NotFoundException('This call has no such tool call: GET /calls/{callId} lists them.');
      case 'finished':
        throw new ConflictException({
          statusCode: 409,
          error: 'Conflict',
          message: 'The tool call is over already: there is nothing to stop.',
          state: answer.state,
        });
    }
  }
}

import { Controller, Get, Inject, NotFoundException, Param, UseGuards } from '@nestjs/common';
import { MAX_ID_LENGTH } from '@interject/contracts';
import { ApiKeyGuard } from '../api/api-key.guard.js';
import { CallQuery } from './call-query.service.js';
import type { CallState } from './call-query.service.js';

export const UNKNOWN_CALL = 'Nothing is known of this call: nothing came from it in the last 24 hours.';

/** Tells what happened in a call: its tool calls and what became of each utterance. */
@Controller('calls')
@UseGuards(ApiKeyGuard)
export class CallsController {
  constructor(@Inject(CallQuery) private readonly calls: CallQuery) {}

  @Get(':callId')
  async show(@Param('callId') callId: string): Promise<CallState> {
    const state = callId.length > MAX_ID_LENGTH ? undefined : await this.calls.find(callId);
    if (state === undefined) throw new NotFoundException(UNKNOWN_CALL);
    return state;
  }
}

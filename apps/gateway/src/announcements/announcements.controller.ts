import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  HttpCode,
  HttpException,
  HttpStatus,
  Inject,
  NotFoundException,
  Param,
  Post,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Attributes, childTraceparent, SpanNames, Tracer } from '@interject/observability';
import { ApiKeyGuard } from '../api/api-key.guard.js';
import { UNKNOWN_CALL } from '../calls/calls.constants.js';
import { beginSpan } from '../request-span.js';
import { ANNOUNCEMENTS_PATH } from './announcements.constants.js';
import { Announcements } from './announcements.service.js';

/** About the time that one utterance takes. */
const RETRY_WHEN_FULL_SECONDS = '5';

/** Takes announcements of backend services. */
@Controller()
@UseGuards(ApiKeyGuard)
export class AnnouncementsController {
  constructor(
    @Inject(Announcements) private readonly announcements: Announcements,
    @Inject(Tracer) private readonly tracer: Tracer,
  ) {}

  /** 202: it will be said at the right moment; `GET /calls/{callId}` tells what became of the utterance. */
  @Post(ANNOUNCEMENTS_PATH)
  @HttpCode(202)
  async announce(
    @Param('callId') callId: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ utteranceId: string; announcementId: string; repeated: boolean }> {
    const traceparent = this.tracer.isOn
      ? beginSpan(this.tracer, SpanNames.Announcement, { request, reply }, { [Attributes.CallId]: callId })
      : undefined;
    const answer = await this.announcements.announce(
      callId,
      body,
      traceparent ?? childTraceparent(request.headers['traceparent']),
    );
    switch (answer.outcome) {
      case 'accepted':
      case 'repeated': {
        const { utteranceId, announcementId, outcome } = answer;
        return { utteranceId, announcementId, repeated: outcome === 'repeated' };
      }
      case 'invalid':
        throw new BadRequestException({
          statusCode: 400,
          error: 'Bad Request',
          message: 'The announcement does not fit.',
          problems: answer.problems,
        });
      case 'unknown-call':
        throw new NotFoundException(UNKNOWN_CALL);
      case 'ended':
        throw new ConflictException({
          statusCode: 409,
          error: 'Conflict',
          message: 'The call has ended: nothing can be said in it any more.',
          ...(answer.endedReason === undefined ? {} : { endedReason: answer.endedReason }),
        });
      case 'full':
        reply.header('retry-after', RETRY_WHEN_FULL_SECONDS);
        throw new HttpException(
          'Too much waits to be said in this call. Send the announcement again later, with the same id.',
          HttpStatus.TOO_MANY_REQUESTS,
        );
    }
  }
}

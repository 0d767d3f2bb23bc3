import { Catch } from '@nestjs/common';
import type { ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { isMessagingError } from '@interject/messaging';
import type { MessagingError } from '@interject/messaging';
import type { Log } from '@interject/observability';

const RETRY_AFTER_SECONDS = '1';

/** What could not be stored is answered 503: the sender repeats it, and repeats are recognised. */
@Catch()
export class UnavailableFilter extends BaseExceptionFilter {
  constructor(
    private readonly log: Log,
    ...base: ConstructorParameters<typeof BaseExceptionFilter>
  ) {
    super(...base);
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    if (!isMessagingError(error)) {
      super.catch(error, host);
      return;
    }
    this.answer(error, host.switchToHttp().getResponse<FastifyReply>());
  }

  private answer(error: MessagingError, reply: FastifyReply): void {
    this.log.warn('request not stored', { error });
    const message = 'The request could not be stored; nothing was done. Send it again.';
    void reply
      .code(503)
      .header('retry-after', RETRY_AFTER_SECONDS)
      .send({ statusCode: 503, error: 'Service Unavailable', code: error.code, message });
  }
}

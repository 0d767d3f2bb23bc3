import { Catch } from '@nestjs/common';
import type { ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { isMessagingError } from '@interject/messaging';
import type { MessagingError } from '@interject/messaging';
import type { Log } from '@interject/observability';

const RETRY_AFTER_SECONDS = '1';

/** Whatever NATS is needed for and cannot do now is answered 503: the sender repeats it, and repeats are recognised. */
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
    this.log.warn('request not served: NATS is away or refused', { error });
    const message = 'The request cannot be served at the moment. Send it again: a repeat has no second effect.';
    void reply
      .code(503)
      .header('retry-after', RETRY_AFTER_SECONDS)
      .send({ statusCode: 503, error: 'Service Unavailable', code: error.code, message });
  }
}

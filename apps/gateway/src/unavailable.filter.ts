import { Catch } from '@nestjs/common';
import type { ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { isMessagingError } from '@interject/messaging';
import type { MessagingErrorCode } from '@interject/messaging';
import type { Log } from '@interject/observability';
import { isOverloadError } from './admission/overload.errors.js';

/** NATS is back, or a store has room again, within moments at best. */
const RETRY_AFTER_SECONDS: Partial<Readonly<Record<MessagingErrorCode, number>>> = { 'store-full': 30 };

/** Whatever cannot be done now is answered 503: the sender repeats it, and repeats are recognised. */
@Catch()
export class UnavailableFilter extends BaseExceptionFilter {
  constructor(
    private readonly log: Log,
    ...base: ConstructorParameters<typeof BaseExceptionFilter>
  ) {
    super(...base);
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    if (isOverloadError(error)) {
      this.answer(error.code, error.retryAfterSeconds, host);
    } else if (isMessagingError(error)) {
      this.log.warn('request not served: NATS is away or refused', { error });
      this.answer(error.code, RETRY_AFTER_SECONDS[error.code] ?? 1, host);
    } else {
      super.catch(error, host);
    }
  }

  private answer(code: string, retryAfterSeconds: number, host: ArgumentsHost): void {
    const message = 'The request cannot be served at the moment. Send it again: a repeat has no second effect.';
    void host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .code(503)
      .header('retry-after', String(retryAfterSeconds))
      .send({ statusCode: 503, error: 'Service Unavailable', code, message });
  }
}

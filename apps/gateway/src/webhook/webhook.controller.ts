import { BadRequestException, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SpanNames, Tracer } from '@interject/observability';
import type { SpanAttributes } from '@interject/observability';
import { placeOf } from '../admission/admission-hooks.js';
import { ClientConnection } from '../grace/client-connection.js';
import { beginSpan } from '../request-span.js';
import type { ToolAnswer } from './tool-answers.js';
import { labelRequest } from './webhook-hooks.js';
import { WEBHOOK_PATH } from './webhook.constants.js';
import { WebhookService } from './webhook.service.js';

/** Takes Vapi's server messages. */
@Controller()
export class WebhookController {
  constructor(
    @Inject(WebhookService) private readonly webhooks: WebhookService,
    @Inject(Tracer) private readonly tracer: Tracer,
  ) {}

  /** 200 exactly: Vapi takes any other status for a failure, 201 too (VAPI.md 0.1). */
  @Post(WEBHOOK_PATH)
  @HttpCode(200)
  async receive(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ results?: readonly ToolAnswer[] }> {
    const place = placeOf(request);
    const { tracer } = this;
    const { label, answer } = this.webhooks.receive(request.body, {
      client: new ClientConnection(reply.raw),
      traceparent: request.headers['traceparent'],
      ...(tracer.isOn && {
        beginSpan: (attributes: SpanAttributes) => beginSpan(tracer, SpanNames.Webhook, { request, reply }, attributes),
      }),
      onStored: () => place?.leave(),
    });
    // What is needed of it is read: it is not to stay for as long as a result is waited for.
    request.body = undefined;
    place?.bodyTaken();
    labelRequest(request, label);
    const answered = await answer;
    switch (answered.kind) {
      case 'results':
        return { results: answered.results };
      case 'acknowledged':
        return {};
      case 'malformed':
        throw new BadRequestException(`This is no server message of Vapi: ${answered.problem}.`);
    }
  }
}

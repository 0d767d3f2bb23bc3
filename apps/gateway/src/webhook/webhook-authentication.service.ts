import { Inject, Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import { Log } from '@interject/observability';
import { Clock } from '@interject/runtime';
import { webhookAuthenticator } from '@interject/vapi';
import type { HeadVerdict, WebhookAuthenticator, WebhookRefusal } from '@interject/vapi';
import { WebhookAuthConfig } from './webhook-auth.config.js';
import { isWebhook, WEBHOOK_BODY_LIMIT } from './webhook.constants.js';

type Signed = Extract<HeadVerdict, { readonly kind: 'signed' }>;

/** A request that has yet to show a body that fits its signature, and why it is refused as it is. */
interface Unproven {
  readonly signed: Signed;
  readonly reason: WebhookRefusal | 'body-not-json';
}

/**
 * Lets in webhooks of Vapi alone. By a header: before the body is read. By a signature: when the body is there, and before it
 * is parsed, for which the parser of JSON is replaced; what does not pass through that is refused too.
 */
@Injectable()
export class WebhookAuthentication {
  private readonly authenticator: WebhookAuthenticator;
  private readonly isBySignature: boolean;
  private readonly unproven = new WeakMap<FastifyRequest, Unproven>();

  constructor(
    @Inject(WebhookAuthConfig) { settings }: WebhookAuthConfig,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {
    this.authenticator = webhookAuthenticator(settings);
    this.isBySignature = settings.mode === 'hmac';
  }

  /** To be called before the application is initialised, which brings parsers of its own. */
  installParser(app: NestFastifyApplication): void {
    if (!this.isBySignature) return;
    const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error');
    app.useBodyParser<RawServerDefault>(
      'application/json',
      { bodyLimit: WEBHOOK_BODY_LIMIT },
      (request, body, done) => {
        const unproven = this.unproven.get(request);
        if (unproven?.signed.fits(body) === false) {
          this.unproven.set(request, { ...unproven, reason: 'credential-wrong' });
          done(null, undefined);
          return;
        }
        this.unproven.delete(request);
        // Fastify's parser takes bytes too; its type says text.
        void parse(request, body as unknown as string, done);
      },
    );
  }

  installHooks(server: FastifyInstance): void {
    server.addHook('onRequest', (request, reply, done) => {
      if (!isWebhook(request)) {
        done();
        return;
      }
      const { method, headersDistinct: headers } = request.raw;
      const verdict = this.authenticator.checkHead({ method: method ?? '', headers }, this.clock.now());
      switch (verdict.kind) {
        case 'authentic':
          done();
          return;
        case 'signed':
          this.unproven.set(request, { signed: verdict, reason: 'body-not-json' });
          done();
          return;
        case 'refused':
          this.refuse(reply, verdict.reason, verdict.ageMs);
      }
    });
    if (!this.isBySignature) return;
    // Behind the parser: no body, or one of another type, has not been looked at.
    server.addHook('preValidation', (request, reply, done) => {
      const unproven = this.unproven.get(request);
      if (unproven === undefined) done();
      else this.refuse(reply, unproven.reason);
    });
  }

  /** One answer for all reasons: it tells nobody how near he is. The log tells the operator. */
  private refuse(reply: FastifyReply, reason: Unproven['reason'], ageMs?: number): void {
    this.log.warn('webhook refused: not authenticated', { reason, ...(ageMs === undefined ? {} : { ageMs }) });
    void reply
      .code(401)
      .header('connection', 'close')
      .send({ statusCode: 401, error: 'Unauthorized', message: this.authenticator.instruction });
  }
}

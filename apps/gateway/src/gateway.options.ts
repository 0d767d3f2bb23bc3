import { HttpAdapterHost } from '@nestjs/core';
import { Log } from '@interject/observability';
import type { ServiceOptions } from '@interject/runtime';
import { MAX_CONNECTIONS } from './admission/admission-limits.js';
import { ANNOUNCEMENT_BODY_LIMIT, ANNOUNCEMENTS_PATH } from './announcements/announcements.constants.js';
import { AppModule } from './app.module.js';
import { CALLBACK_BODY_LIMIT, CALLBACK_FAILURE_PATH, CALLBACK_PATH } from './callbacks/callbacks.constants.js';
import { CANCEL_BODY_LIMIT, CANCEL_PATH } from './calls/calls.constants.js';
import { GatewayConfig } from './gateway.config.js';
import { UnavailableFilter } from './unavailable.filter.js';
import { WebhookAuthConfig } from './webhook/webhook-auth.config.js';
import { WebhookAuthentication } from './webhook/webhook-authentication.service.js';
import { WEBHOOK_BODY_LIMIT } from './webhook/webhook.constants.js';

/** Bytes that a route takes, if not as many as the webhook. */
const BODY_LIMITS: ReadonlyMap<string, number> = new Map([
  [ANNOUNCEMENTS_PATH, ANNOUNCEMENT_BODY_LIMIT],
  [CANCEL_PATH, CANCEL_BODY_LIMIT],
  [CALLBACK_PATH, CALLBACK_BODY_LIMIT],
  [CALLBACK_FAILURE_PATH, CALLBACK_BODY_LIMIT],
]);

/** The gateway as `bootstrap` starts it. */
export const gatewayOptions: ServiceOptions = {
  service: 'gateway',
  defaultManagementPort: 9100,
  configs: [GatewayConfig, WebhookAuthConfig],
  module: AppModule,
  http: {
    port: (get) => get(GatewayConfig).port,
    bodyLimit: WEBHOOK_BODY_LIMIT,
    maxConnections: MAX_CONNECTIONS,
    configure: (app) => {
      // Before Nest makes the routes, whose limit is the webhook's otherwise.
      app
        .getHttpAdapter()
        .getInstance()
        .addHook('onRoute', (route) => {
          const limit = BODY_LIMITS.get(route.url);
          if (limit !== undefined) route.bodyLimit = limit;
        });
      app.get(WebhookAuthentication).installParser(app);
      app.useGlobalFilters(new UnavailableFilter(app.get(Log), app.get(HttpAdapterHost).httpAdapter));
    },
  },
};

import { HttpAdapterHost } from '@nestjs/core';
import { Log } from '@interject/observability';
import type { ServiceOptions } from '@interject/runtime';
import { ANNOUNCEMENT_BODY_LIMIT, ANNOUNCEMENTS_PATH } from './announcements/announcements.constants.js';
import { AppModule } from './app.module.js';
import { GatewayConfig } from './gateway.config.js';
import { UnavailableFilter } from './unavailable.filter.js';
import { WEBHOOK_BODY_LIMIT } from './webhook/webhook.constants.js';

/** The gateway as `bootstrap` starts it. */
export const gatewayOptions: ServiceOptions = {
  service: 'gateway',
  defaultManagementPort: 9100,
  configs: [GatewayConfig],
  module: AppModule,
  http: {
    port: (get) => get(GatewayConfig).port,
    bodyLimit: WEBHOOK_BODY_LIMIT,
    configure: (app) => {
      // Before Nest makes the routes, whose limit is the webhook's otherwise.
      app
        .getHttpAdapter()
        .getInstance()
        .addHook('onRoute', (route) => {
          if (route.url === ANNOUNCEMENTS_PATH) route.bodyLimit = ANNOUNCEMENT_BODY_LIMIT;
        });
      app.useGlobalFilters(new UnavailableFilter(app.get(Log), app.get(HttpAdapterHost).httpAdapter));
    },
  },
};

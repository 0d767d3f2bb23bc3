import { Module } from '@nestjs/common';
import { MessagingModule } from '@interject/messaging';
import { ServiceConfig } from '@interject/runtime';
import { NotifierMetrics } from './notifier-metrics.js';
import { NotifierService } from './notifier.service.js';

/** Owns the calls of its partitions and says results in them when nobody is talking. */
@Module({
  imports: [
    MessagingModule.forRootAsync({
      inject: [ServiceConfig],
      useFactory: ({ natsUrl: url, access, service, streams }: ServiceConfig) => ({
        url,
        access,
        service,
        ...streams,
        // Leases, the utterance log and POSTs must not wait behind what the streams hand over.
        readsApart: true,
      }),
    }),
  ],
  providers: [NotifierMetrics, NotifierService],
})
export class NotifierModule {}

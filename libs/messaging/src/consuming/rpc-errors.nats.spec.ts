import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Global, Module } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { Streams, Subjects } from '@interject/contracts';
import { Log } from '@interject/observability';
import { aToolCall, eventually, NatsServer } from '@interject/testing';
import { MessagingModule } from '../messaging.module.js';
import { EventPublisher } from '../publishing/event-publisher.js';
import { StreamReader } from '../reading/stream-reader.js';
import { DeadLetterError } from './dead-letter.errors.js';
import { DeliveryContext } from './delivery-context.js';
import { JetStreamStrategy } from './jetstream.strategy.js';
import { RpcPassThroughFilter } from './rpc-pass-through.filter.js';

const deliveries: number[] = [];

@Controller()
class PoisonController {
  @EventPattern<string>(Subjects.toolCallsOfTool('build_report'), { stream: Streams.ToolCalls, durable: 'poison' })
  handle(@Payload() data: unknown, @Ctx() context: DeliveryContext): void {
    deliveries.push(context.deliveryCount);
    throw new DeadLetterError((data as { toolCallId: string }).toolCallId);
  }
}

@Global()
@Module({ providers: [{ provide: Log, useFactory: () => Log.silent() }], exports: [Log] })
class LogModule {}

describe("an @EventPattern handler's error", () => {
  let server: NatsServer;
  let app: INestApplication;

  beforeAll(async () => {
    server = await NatsServer.start();
    @Module({
      imports: [LogModule, MessagingModule.forRootAsync({ useFactory: () => ({ url: server.url, service: 'spec' }) })],
      controllers: [PoisonController],
      providers: [{ provide: APP_FILTER, useClass: RpcPassThroughFilter }],
    })
    class AppModule {}
    app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: app.get(JetStreamStrategy) }, { inheritAppConfig: true });
    await app.startAllMicroservices();
  }, 20_000);
  afterAll(async () => {
    await app.close();
    await server.dispose();
  });

  // Nest hides the class behind RpcException unless the filter is there and the app's configuration is inherited; with
  // the class lost, the message would come back for ever instead of being buried.
  it('keeps its class up to settle()', async () => {
    const publisher = app.get(EventPublisher);
    await publisher.publish(publisher.events.toolCall(aToolCall({ toolCallId: 'refused-by-handler' })));
    const subject = Subjects.deadLetter('tool-calls', 'refused-by-handler');
    await eventually(() => app.get(StreamReader).last(Streams.DeadLetters, subject));
    expect(deliveries).toEqual([1]);
  });
});

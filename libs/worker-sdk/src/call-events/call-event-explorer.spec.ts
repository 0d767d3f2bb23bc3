import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Injectable, Module, Scope } from '@nestjs/common';
import type { Provider } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { announcementKey, callToken, toolCallKey } from '@interject/contracts';
import type { CallEnded, UtteranceUndelivered } from '@interject/contracts';
import { aResult } from '@interject/testing';
import { ToolMetadataAccessor } from '../discovery/tool-metadata.accessor.js';
import { CallEventExplorer } from './call-event-explorer.js';
import { CallEventHandler } from './call-event-handler.decorator.js';
import { compileCallEvent } from './call-event-registration.js';
import type { CallEventListener, HandledCallEvent } from './call-event.types.js';

async function explore(...providers: Provider[]) {
  @Module({ imports: [DiscoveryModule], providers: [CallEventExplorer, ToolMetadataAccessor, ...providers] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
  try {
    return app.get(CallEventExplorer).explore();
  } finally {
    await app.close();
  }
}

@CallEventHandler({ event: 'undelivered', concurrency: 3 })
class SendSms implements CallEventListener<'undelivered'> {
  handle(_event: UtteranceUndelivered): void {}
}

@CallEventHandler({ event: 'undelivered' })
class SendMail implements CallEventListener<'undelivered'> {
  handle(): void {}
}

@CallEventHandler({ event: 'ended', retry: { attempts: 0, backoffMs: -1 }, timeoutMs: 0.5, concurrency: 0 })
class Unfit implements CallEventListener<'ended'> {
  handle(_event: CallEnded): void {}
}

const undelivered = { event: 'undelivered' } as const;

@(CallEventHandler(undelivered) as ClassDecorator)
class Handless {}

@(CallEventHandler({ event: 'hung-up' as 'ended' }) as ClassDecorator)
class Misspelt {}

// @ts-expect-error a handler of `ended` is no handler of `undelivered`, though `undelivered` has all of its fields
@CallEventHandler({ event: 'ended' })
class Mixed implements CallEventListener<'undelivered'> {
  handle(_event: UtteranceUndelivered): void {}
}

@CallEventHandler({ event: 'status' })
@Injectable({ scope: Scope.REQUEST })
class Scoped implements CallEventListener<'status'> {
  handle(): void {}
}

describe('CallEventExplorer', () => {
  it('finds decorated providers and fills in the defaults', async () => {
    const { registrations, problems } = await explore(SendSms, { provide: 'ALIAS', useExisting: SendSms });
    expect(problems).toEqual([]);
    expect(registrations).toMatchObject([
      {
        event: 'undelivered',
        subject: 'calls.*.*.undelivered.*',
        retry: { attempts: 10, backoffMs: 1000 },
        timeoutMs: 30_000,
        concurrency: 3,
        origin: 'SendSms',
      },
    ]);
    expect(Mixed).toBeDefined();
  });

  it.each<[string, Provider[], (string | RegExp)[]]>([
    [
      'two handlers of one event',
      [SendSms, SendMail],
      ['call event "undelivered" has 2 handlers (SendSms and SendMail): keep one, which may call the others'],
    ],
    [
      'a handler without handle',
      [Handless],
      ['Handless (call event "undelivered"): has no handle(event, context) method: implement CallEventListener'],
    ],
    [
      'an event that there is not',
      [Misspelt],
      [/^Misspelt: there is no call event "hung-up"; known are status, ended, progress, result, announcement, undel/],
    ],
    [
      'options out of range',
      [Unfit],
      [
        /^Unfit \(call event "ended"\): retry\.attempts must not be less than 1/,
        /retry\.backoffMs must not be less than 0/,
        /timeoutMs must be an integer from 1 to 3600000$/,
        /concurrency must be an integer from 1 to 10000$/,
      ],
    ],
    ['a request-scoped handler', [Scoped], [/^Scoped is request-scoped/]],
  ])('says what to do about %s', async (_case, providers, texts) => {
    const { problems } = await explore(...providers);
    const expected = texts.map((text) => (typeof text === 'string' ? text : expect.stringMatching(text)));
    expect(problems).toEqual(expected);
  });
});

describe('the key of a call event', () => {
  const call = { callId: 'c', at: 7 };
  it.each<[HandledCallEvent, object, string, string]>([
    ['status', { ...call, status: 'ringing' }, `${callToken('c')}.ringing.7`, 'calls.*.*.status'],
    ['ended', call, callToken('c'), 'calls.*.*.ended'],
    [
      'progress',
      { ...call, toolCallId: 't', tool: 'x', text: 'y', sequence: 2 },
      `${toolCallKey('c', 't')}.2.7`,
      'calls.*.*.progress.*',
    ],
    ['result', aResult({ callId: 'c', toolCallId: 't' }), toolCallKey('c', 't'), 'calls.*.*.result.*'],
    [
      'announcement',
      { ...call, announcementId: 'a', text: 'y' },
      announcementKey('c', 'a'),
      'calls.*.*.announcement.*',
    ],
    ['undelivered', { ...call, utteranceId: 'u', reason: 'expired', text: 'y' }, 'u', 'calls.*.*.undelivered.*'],
  ])('of %s is that of the fact', (event, data, key, subject) => {
    const { registration } = compileCallEvent({ event }, { handle: () => undefined }, 'X');
    expect(registration?.subject).toBe(subject);
    expect(registration?.parse(data).key).toBe(key);
  });
});

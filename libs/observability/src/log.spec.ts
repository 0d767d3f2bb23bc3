import { describe, expect, it } from '@jest/globals';
import { Log } from './log.js';
import type { LogLevel } from './log.js';
import { NestLogAdapter } from './nest-log-adapter.js';

function recorded(level: LogLevel = 'trace') {
  const texts: string[] = [];
  const log = Log.create({ service: 'spec', level, destination: { write: (line) => void texts.push(line) } });
  return { log, texts, lines: () => texts.map((text) => JSON.parse(text) as Record<string, unknown>) };
}

describe('Log', () => {
  it('writes one JSON line with level, time, service, the fields and the message', () => {
    const { log, lines, texts } = recorded();
    log.info('tool call stored', { callId: 'c1', arguments: { a: 1 } });
    expect(texts[0]?.endsWith('\n')).toBe(true);
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        service: 'spec',
        pid: process.pid,
        callId: 'c1',
        arguments: '[redacted]',
        msg: 'tool call stored',
      },
    ]);
  });

  it('describes what was thrown, an error or not', () => {
    const { log, lines, texts } = recorded();
    log.error('job failed', { error: new RangeError('private') });
    log.error('job failed', { error: 'private' });
    expect(lines()[0]).toMatchObject({ error: { name: 'RangeError' } });
    expect(lines()[1]).toMatchObject({ error: { name: 'thrown string' } });
    expect(texts.join('')).not.toContain('private');
  });

  it('redacts the fields of a child, and adds them to each line', () => {
    const { log, lines } = recorded();
    log.child({ callId: 'c1', controlUrl: 'https://private' }).child({ tool: 't' }).warn('late', { ms: 5 });
    expect(lines()[0]).toMatchObject({ callId: 'c1', controlUrl: '[redacted]', tool: 't', ms: 5, level: 'warn' });
  });

  it('keeps the keys of the line for itself and does not read formats in a message', () => {
    const { log, texts } = recorded();
    log.info('100 %d %s', { msg: 'mine', level: 'mine', service: 'mine' });
    expect(JSON.parse(texts[0] ?? '')).toMatchObject({
      msg: '100 %d %s',
      level: 'info',
      service: 'spec',
      msg_: 'mine',
      level_: 'mine',
    });
    expect(texts[0]?.match(/"msg":/g)).toHaveLength(1);
  });

  it('writes what its level allows, and makes nothing of the rest', () => {
    const { log, lines } = recorded('warn');
    const costly = {
      get field(): string {
        throw new Error('read although not written');
      },
    };
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)
      log[level](level, level === 'info' ? costly : {});
    expect(lines().map(({ msg }) => msg)).toEqual(['warn', 'error', 'fatal']);
    expect([log.isEnabled('info'), log.isEnabled('error')]).toEqual([false, true]);
  });

  it('can be silent', () => {
    expect(Log.silent().child({ a: 1 }).isEnabled('fatal')).toBe(false);
  });
});

describe('NestLogAdapter', () => {
  it('passes the text and the context on, start-up chatter as debug', () => {
    const { log, lines } = recorded();
    const adapter = new NestLogAdapter(log);
    adapter.log('Mapped {/x, GET} route', 'RouterExplorer');
    adapter.warn('beware', 'Some');
    adapter.verbose('detail');
    adapter.debug('detail', 'Some');
    adapter.error('gone wrong', 'Some');
    expect(lines().map(({ level, msg, context }) => [level, msg, context])).toEqual([
      ['debug', 'Mapped {/x, GET} route', 'RouterExplorer'],
      ['warn', 'beware', 'Some'],
      ['trace', 'detail', undefined],
      ['debug', 'detail', 'Some'],
      ['error', 'gone wrong', 'Some'],
    ]);
  });

  it('keeps the text of an exception out, in each of the ways Nest reports one', () => {
    const { log, lines, texts } = recorded();
    const adapter = new NestLogAdapter(log);
    const error = new TypeError('private');
    adapter.error(error, 'ExceptionsHandler');
    adapter.error(error.message, error.stack, 'ExceptionsHandler');
    adapter.error(error, error.stack, 'Hook');
    adapter.fatal('private', error);
    adapter.error({ said: 'private' });
    expect(lines()).toHaveLength(5);
    expect(lines()[1]).toMatchObject({
      context: 'ExceptionsHandler',
      error: { name: 'TypeError', stack: expect.any(Array) },
    });
    expect(texts.slice(0, 3).join('')).not.toContain('private');
    expect(texts[4]).not.toContain('private');
  });
});

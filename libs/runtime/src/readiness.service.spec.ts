import { describe, expect, it } from '@jest/globals';
import { Readiness } from './readiness.service.js';
import type { CheckResult } from './readiness.service.js';

const never = () => new Promise<CheckResult>(() => undefined);

describe('Readiness', () => {
  it('goes from starting through ready to shutting_down, and never back', async () => {
    const readiness = new Readiness();
    const status = async () => (await readiness.report()).status;
    expect(await status()).toBe('starting');
    readiness.started();
    expect(await status()).toBe('ready');
    readiness.shuttingDown();
    expect(await status()).toBe('shutting_down');
    readiness.started();
    expect(await status()).toBe('shutting_down');
  });

  it('is not ready while a check is down, and shows the details of each', async () => {
    const readiness = new Readiness();
    readiness.started();
    let nats: CheckResult = { status: 'down' };
    readiness.register('nats', () => nats);
    readiness.register('tools', async () => ({ status: 'up', names: ['a'] }));
    expect(await readiness.report()).toEqual({
      status: 'not-ready',
      checks: { nats: { status: 'down' }, tools: { status: 'up', names: ['a'] } },
    });
    nats = { status: 'up' };
    expect((await readiness.report()).status).toBe('ready');
  });

  it('takes a check that throws or rejects for down, with its code and without its text', async () => {
    const readiness = new Readiness();
    readiness.started();
    readiness.register('thrower', () => {
      throw Object.assign(new Error('private'), { code: 'NO_RESPONDERS' });
    });
    readiness.register('rejecter', () => Promise.reject(new Error('private')));
    expect(await readiness.report()).toEqual({
      status: 'not-ready',
      checks: { thrower: { status: 'down', reason: 'NO_RESPONDERS' }, rejecter: { status: 'down', reason: 'error' } },
    });
  });

  it('bounds each check, runs them at the same time, and does not pile up one that hangs', async () => {
    const readiness = new Readiness({ checkTimeoutMs: 50 });
    readiness.started();
    let begun = 0;
    for (const name of ['a', 'b', 'c', 'd']) {
      readiness.register(name, () => {
        begun += 1;
        return never();
      });
    }
    const before = performance.now();
    const report = await readiness.report();
    expect(performance.now() - before).toBeLessThan(4 * 50);
    expect(report.checks['a']).toEqual({ status: 'down', reason: 'timeout' });
    await readiness.report();
    expect(begun).toBe(4);
  });

  it('refuses a second check of the same name', () => {
    const readiness = new Readiness();
    readiness.register('nats', never);
    expect(() => {
      readiness.register('nats', never);
    }).toThrow(/"nats" already/);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { Log, Metrics } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { AdmissionControl } from './admission-control.service.js';
import type { Admission } from './admission-control.service.js';
import { MAX_REQUESTS } from './admission-limits.js';
import { AdmissionMetrics } from './admission-metrics.js';
import { BrokerLoad } from './broker-load.service.js';
import type { Place } from './place.js';

const MIB = 1024 * 1024;

describe('admission control', () => {
  let clock: VirtualClock;
  let control: AdmissionControl;
  let metrics: Metrics;

  beforeEach(() => {
    clock = new VirtualClock();
    metrics = new Metrics();
    control = new AdmissionControl(new BrokerLoad(clock), new AdmissionMetrics(metrics), clock, Log.silent());
    control.onModuleInit();
  });

  function admitted(bytes = 6000): Place {
    const admission = control.admit(bytes);
    if (admission.kind === 'refused') throw new Error(`refused: ${admission.reason}`);
    return admission.place;
  }

  function leave(admission: Admission): void {
    if (admission.kind === 'admitted') admission.place.leave();
  }

  it('counts a request until it leaves, once, and its body until it is taken', () => {
    const place = admitted(100);
    place.hold(50);
    expect(control.load).toMatchObject({ requests: 1, bodyBytes: 150 });
    place.bodyTaken();
    expect(control.load).toMatchObject({ requests: 1, bodyBytes: 0 });
    place.leave();
    place.leave();
    place.hold(1000);
    expect(control.load).toMatchObject({ requests: 0, bodyBytes: 0 });
  });

  it('lets in as many as there may be, and the next one when one has left', async () => {
    const places = Array.from({ length: MAX_REQUESTS / 2 }, () => admitted(0));
    await clock.advance(100);
    for (let n = 0; n < MAX_REQUESTS / 2; n += 1) admitted(0);
    expect(control.admit(0)).toEqual({ kind: 'refused', reason: 'requests' });
    expect(control.shedsSpeech(true)).toBe(true);
    places[0]?.leave();
    admitted(0);
    const text = await metrics.registry.metrics();
    expect(text).toContain('interject_shed_total{what="request",reason="requests"} 1');
    expect(text).toContain('interject_shed_total{what="speech",reason="requests"} 1');
    expect(text).toContain(`interject_requests_in_work ${String(MAX_REQUESTS)}`);
  });

  it('keeps the bodies within bounds, whatever their number', () => {
    for (let n = 0; n < 6; n += 1) admitted(10 * MIB);
    expect(control.admit(10 * MIB)).toEqual({ kind: 'refused', reason: 'body-bytes' });
    admitted(6000);
    expect(control.isFullOfBodies).toBe(false);
    admitted(0).hold(5 * MIB);
    expect(control.isFullOfBodies).toBe(true);
  });

  it('lets in fewer while the event loop is late again and again, and all when it is not any more', async () => {
    // 600 ms pass from look to look.
    const late = new VirtualClock();
    const slow = {
      now: () => late.now(),
      monotonic: () => late.monotonic() * 6,
      setTimeout: (run: () => void, ms: number) => late.setTimeout(run, ms),
      clearTimeout: () => undefined,
    };
    const busy = new AdmissionControl(new BrokerLoad(slow), new AdmissionMetrics(new Metrics()), slow, Log.silent());
    busy.onModuleInit();
    await late.advance(250);
    for (let n = 0; n < 200; n += 1) leave(busy.admit(0));
    await late.advance(50);
    expect(busy.load).toMatchObject({ loopDelayMs: 500, requests: 0, turn: 0, turnLimit: 160 });
    for (let n = 0; n < 160; n += 1) leave(busy.admit(0));
    expect(busy.admit(0)).toEqual({ kind: 'refused', reason: 'event-loop' });
    await late.advance(100);
    expect(busy.admit(0).kind).toBe('admitted');
    busy.onApplicationShutdown();
  });

  it('ends with the service', async () => {
    control.onApplicationShutdown();
    await clock.advance(1000);
    expect(clock.nextTimerAt()).toBeUndefined();
  });
});

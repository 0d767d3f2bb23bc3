import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StorageType } from 'nats';
import type { StreamConfig } from 'nats';
import { exactChange, streamChange } from './stream-change.js';
import { reservedBytes, topology, TOPOLOGY_REVISION } from './topology.js';
import type { StreamShape, TopologySettings } from './topology.js';

const GIB = 1024 ** 3;

function shape(settings: Partial<TopologySettings> = {}): StreamShape {
  const found = topology({ replicas: 1, storeBytes: GIB, ...settings }).find(({ name }) => name === 'CALL_EVENTS');
  if (found === undefined) throw new Error('CALL_EVENTS is gone.');
  return found;
}

function installed(settings: Partial<TopologySettings> = {}, more: Partial<StreamConfig> = {}): StreamConfig {
  return { ...shape(settings), ...more } as StreamConfig;
}

function after(config: StreamConfig, wanted: StreamShape): StreamConfig {
  const change = streamChange(config, wanted);
  return change.kind === 'update' ? change.config : config;
}

describe('what becomes of an installed stream', () => {
  it('is left alone when it is as wanted, whatever the server adds of its own', () => {
    const config = installed({}, { max_consumers: -1, deny_purge: false });
    expect(streamChange(config, shape())).toEqual({ kind: 'none', isAbove: false });
  });

  it('gets more copies and room, and never less', () => {
    const larger = shape({ replicas: 3, storeBytes: 4 * GIB });
    expect(streamChange(installed(), larger)).toMatchObject({
      kind: 'update',
      config: { num_replicas: 3, max_bytes: larger.max_bytes },
      isAbove: false,
    });
    expect(streamChange(installed({ replicas: 3, storeBytes: 4 * GIB }), shape())).toEqual({
      kind: 'none',
      isAbove: true,
    });
  });

  it('keeps a limit that an operator lifted altogether', () => {
    expect(streamChange(installed({}, { max_bytes: -1 }), shape())).toEqual({ kind: 'none', isAbove: true });
  });

  it('gets its subjects back', () => {
    const change = streamChange(installed({}, { subjects: ['elsewhere'] }), shape());
    expect(change).toMatchObject({ kind: 'update', config: { subjects: ['calls.>'] } });
  });

  it('keeps the shape of a newer version, and grows all the same', () => {
    const newer = {
      subjects: ['calls.>', 'more.>'],
      description: `Interject, revision ${String(TOPOLOGY_REVISION + 1)}`,
    };
    expect(streamChange(installed({}, newer), shape())).toEqual({ kind: 'none', isAbove: false });
    expect(streamChange(installed({}, newer), shape({ replicas: 3 }))).toMatchObject({
      kind: 'update',
      config: { ...newer, num_replicas: 3 },
    });
  });

  it.each([
    ['storage', { storage: StorageType.Memory }],
    ['retention', { retention: 'workqueue' as StreamConfig['retention'] }],
  ])('cannot have another %s', (field, more) => {
    expect(streamChange(installed({}, more), shape())).toEqual({ kind: 'impossible', field });
  });

  it('comes to the same, whoever is last', () => {
    const settings = fc.record({
      replicas: fc.constantFrom(1, 3, 5),
      storeBytes: fc.integer({ min: 1, max: 100 }).map((gib) => gib * GIB),
    });
    fc.assert(
      fc.property(fc.array(settings, { minLength: 1, maxLength: 8 }), (services) => {
        const [first] = services;
        const inOrder = services.map((one) => shape(one));
        const forward = inOrder.reduce(after, installed(first));
        const backward = [...inOrder].reverse().reduce(after, installed(first));
        expect(forward).toEqual(backward);
        // Reconnects of any of them change nothing any more.
        for (const one of inOrder) expect(streamChange(forward, one).kind).toBe('none');
      }),
    );
  });

  it('becomes smaller by an operator alone', () => {
    const change = exactChange(installed({ replicas: 3, storeBytes: 4 * GIB }), shape());
    expect(change).toMatchObject({ kind: 'update', config: { num_replicas: 1, max_bytes: shape().max_bytes } });
    expect(exactChange(installed(), shape()).kind).toBe('none');
  });
});

describe('the limits of the streams', () => {
  it('stay together within the store that was asked for', () => {
    for (const gib of [0.05, 1, 3, 500]) {
      const shapes = topology({ replicas: 1, storeBytes: gib * GIB });
      // The registry of tools and the settings do not grow with the load.
      const fixed = 17 * 1024 * 1024;
      const file = reservedBytes(shapes, StorageType.File) - fixed;
      expect(file).toBeLessThanOrEqual(gib * GIB + 7 * 512 * 1024);
      expect(file).toBeGreaterThan(0.9 * gib * GIB);
      for (const { max_bytes } of shapes) expect(max_bytes).toBeGreaterThan(0);
    }
  });
});

import { describe, expect, it } from '@jest/globals';
import { CallerTools } from '@interject/contracts';
import { Log } from '@interject/observability';
import { aToolDefinition } from '@interject/testing';
import { HeartbeatReader } from './heartbeat-reader.js';
import { ToolCatalogue } from './tool-catalogue.js';

const entry = (key: string, value: unknown): { key: string; value: Uint8Array } => ({
  key,
  value: Buffer.from(JSON.stringify(value)),
});

/** A log whose lines are counted. */
function countingLog(): { log: Log; lines: { level: number; msg: string }[] } {
  const lines: { level: number; msg: string }[] = [];
  const destination = {
    write: (line: string) => {
      lines.push(JSON.parse(line) as { level: number; msg: string });
    },
  };
  return { log: Log.create({ service: 'spec', destination }), lines };
}

describe('ToolCatalogue', () => {
  it('keeps the last good definition, and refuses the names of caller tools', () => {
    const catalogue = new ToolCatalogue(Log.silent());
    expect(catalogue.put(entry('t', aToolDefinition({ name: 't' })))?.name).toBe('t');
    expect(catalogue.put(entry('t', { name: 't' }))).toBeUndefined();
    expect(catalogue.put(entry('t', aToolDefinition({ name: 't', parameters: { type: 'nonsense' } })))).toBeUndefined();
    const { name } = CallerTools.CancelTask;
    expect(catalogue.put(entry(name, aToolDefinition({ name })))).toBeUndefined();
    expect(catalogue.put(entry('t', aToolDefinition({ name })))).toBeUndefined();
    expect(catalogue.names()).toEqual(['t']);
  });

  it('knows which definitions want the same arguments', () => {
    const catalogue = new ToolCatalogue(Log.silent());
    const put = (worker: string, version: string, parameters: Record<string, unknown>): void => {
      catalogue.put(entry('t', aToolDefinition({ name: 't', worker, version, parameters })));
    };
    put('one', '1', { type: 'object', properties: { a: {}, b: {} } });
    put('two', '1', { properties: { b: {}, a: {} }, type: 'object' });
    put('two', '2', { type: 'object' });
    expect(catalogue.schemaOf('t', 'one', '1')).toBe(catalogue.schemaOf('t', 'two', '1'));
    expect(catalogue.schemaOf('t', 'two', '2')).not.toBe(catalogue.schemaOf('t', 'two', '1'));
    expect(catalogue.schemaOf('t', 'three', '1')).toBeUndefined();
    for (let version = 3; version < 20; version += 1) put('two', String(version), { type: 'object' });
    expect(catalogue.schemaOf('t', 'one', '1')).toBeUndefined();
    expect(catalogue.schemaOf('t', 'two', '19')).toBeDefined();
  });

  it('drops what nobody registers again in a bucket made anew', () => {
    const catalogue = new ToolCatalogue(Log.silent());
    for (const name of ['gone', 'stays']) catalogue.put(entry(name, aToolDefinition({ name })));
    catalogue.bucketMadeAnew(1000);
    catalogue.put(entry('stays', aToolDefinition({ name: 'stays' })));
    expect(catalogue.dropUnconfirmed(16_000)).toEqual([]);
    expect(catalogue.names()).toEqual(['gone', 'stays']);
    expect(catalogue.dropUnconfirmed(16_001)).toEqual(['gone']);
    expect(catalogue.names()).toEqual(['stays']);
    expect(catalogue.dropUnconfirmed(100_000)).toEqual([]);
  });
});

describe('HeartbeatReader', () => {
  it('says once of each replica that its heartbeats do not fit', () => {
    const { log, lines } = countingLog();
    const reader = new HeartbeatReader(log);
    const good = { worker: 'w', replica: 'a', tools: [{ name: 't', version: '1' }], startedAt: 1 };
    expect(reader.read(entry('a', good))).toMatchObject(good);
    for (let again = 0; again < 5; again += 1) {
      expect(reader.read(entry('a', { ...good, tools: 'private' }))).toBeUndefined();
      expect(reader.read(entry('b', good))).toBeUndefined();
      expect(reader.read({ key: 'c', value: Buffer.from('{') })).toBeUndefined();
    }
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toContain('private');
    expect(reader.read(entry('a', good))).toMatchObject(good);
    reader.read(entry('a', {}));
    expect(lines).toHaveLength(4);
  });
});

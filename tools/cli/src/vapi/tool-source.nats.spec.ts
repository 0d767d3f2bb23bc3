import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import { aToolDefinition, freePort, NatsServer } from '@interject/testing';
import { readTools, sourceKindOf } from './tool-source.js';

describe('tools from NATS', () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(() => server.dispose());

  it('says that nothing is installed, reads what workers registered, and names what does not fit', async () => {
    const env = { NATS_URL: server.url };
    await expect(readTools('nats', {}, env)).rejects.toMatchObject({ code: 'not-installed' });
    const kit = await openMessaging({ url: server.url });
    const bucket = kit.kv.bucket(Buckets.Tools);
    await bucket.put('build_report', JSON.stringify(aToolDefinition()));
    await bucket.put('gone', JSON.stringify(aToolDefinition({ name: 'gone' })));
    await bucket.delete('gone');
    const { definitions, source } = await readTools('nats', {}, env);
    expect({ definitions, source }).toMatchObject({ definitions: [{ name: 'build_report' }], source: 'NATS' });
    await bucket.put('broken', '{"name":"broken"}');
    await expect(readTools('nats', {}, env)).rejects.toThrow('The registration of broken in NATS does not fit');
    await kit.close();
  });

  it('does not wait for a server that is not there', async () => {
    const env = { NATS_URL: `nats://127.0.0.1:${String(await freePort())}` };
    await expect(readTools('nats', {}, env)).rejects.toThrow('Nothing answers at NATS_URL');
  });

  it.each([
    [{}, {}, 'nats'],
    [{}, { INTERJECT_API_KEY: 'k' }, 'gateway'],
    [{ from: 'nats' as const }, { INTERJECT_API_KEY: 'k' }, 'nats'],
    [{ gateway: 'http://x' }, {}, 'gateway'],
    [{ file: 'x' }, { INTERJECT_API_KEY: 'k' }, 'file'],
  ])('looks with %j and %j in %s', (options, env, kind) => {
    expect(sourceKindOf(options, env)).toBe(kind);
  });
});

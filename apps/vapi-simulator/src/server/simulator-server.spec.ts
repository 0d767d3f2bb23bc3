import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { say } from '../testing/fake-gateway.js';
import { SimulatorBench } from '../testing/simulator-bench.js';

const SCENARIO = `
name: spec
timeFactor: 20
tools: [{ name: slow, async: true }]
steps:
  - toolCalls: [{ tool: slow, arguments: { n: "{{n}}" } }]
  - waitForHeard: report
vars: { n: 1 }
expect: [{ heard: report }]
`;

describe('the simulator as a server', () => {
  let bench: SimulatorBench;

  beforeEach(async () => {
    bench = await SimulatorBench.start({ privateKey: 'private' });
    bench.gateway.injections = [say('The report is ready.', 50)];
  });

  afterEach(() => bench.stop());

  function submit(yaml: string, query = ''): Promise<Response> {
    return fetch(`${bench.origin}/scenarios${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: yaml,
    });
  }

  it('says that it is up, and closes the connection', async () => {
    const response = await fetch(`${bench.origin}/health`);
    await expect(response.json()).resolves.toEqual({ status: 'ok', service: 'interject-vapi-simulator' });
    expect(response.headers.get('connection')).toBe('close');
  });

  it('streams a scenario and ends with a verdict', async () => {
    const response = await submit(SCENARIO, '?set=n%3D7&events=true');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(response.status).toBe(200);
    expect(lines[0]).toMatch(/^\s+0\.\d\d {2}call {7}started/);
    expect(lines.slice(-3, -1)).toEqual(['heard: The report is ready.', 'passed: spec (1 call)']);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      type: 'verdict',
      verdict: 'passed',
      reasons: [],
      heard: ['The report is ready.'],
      calls: [{ number: 1, endedReason: 'customer-ended-call' }],
    });
    expect(bench.gateway.received.some(({ body }) => body.includes('"arguments":{"n":7}'))).toBe(true);
  });

  it('refuses a faulty scenario with what is wrong, and one that is no text', async () => {
    const faulty = await submit('name: x\nsteps:\n  - wait: soon', '?file=my.yaml');
    expect(faulty.status).toBe(400);
    await expect(faulty.json()).resolves.toMatchObject({
      type: 'error',
      code: 'scenario-faulty',
      message: expect.stringMatching(/^my\.yaml has a fault:\n {2}line 3, steps\[0\]\.wait/),
    });
    const json = await fetch(`${bench.origin}/scenarios`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(415);
  });

  it('says with 502 what keeps it from playing', async () => {
    const keyless = await submit('name: x\nsteps: []\nfaults: { controlAuthentication: true }');
    expect(keyless.status).toBe(502);
    await expect(keyless.json()).resolves.toMatchObject({ code: 'public-key-missing' });
    await bench.gateway.close();
    await expect((await submit(SCENARIO)).json()).resolves.toMatchObject({ code: 'gateway-unreachable' });
  });

  it('knows its calls, live and ended, for who has the private key', async () => {
    const report = await bench.play(SCENARIO.replace('name: spec\n', ''));
    const url = `${bench.origin}/call/${report.calls[0]?.callId}`;
    const headers = { authorization: 'Bearer private' };
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(`${bench.origin}/call/nobody`, { headers })).status).toBe(404);
    await expect((await fetch(url, { headers })).json()).resolves.toMatchObject({
      status: 'ended',
      endedReason: 'customer-ended-call',
      monitor: { controlUrl: `${bench.origin}/${report.calls[0]?.callId}/control` },
    });
  });

  it.each(['{"type":"say","content":"hi"}', '{"type":"say"', ''])(
    'answers 400 for an unknown call: %j',
    async (body) => {
      const response = await fetch(`${bench.origin}/unknown/control`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(response.status).toBe(400);
      expect(response.headers.get('connection')).toBe('close');
    },
  );

  it('gives up its calls at once when it is closed', async () => {
    const response = await submit('name: x\nsteps: [{ wait: 60000 }]');
    const startedAt = Date.now();
    await bench.server.close();
    await response.text().catch(() => undefined);
    expect(Date.now() - startedAt).toBeLessThan(1_000);
  });
});

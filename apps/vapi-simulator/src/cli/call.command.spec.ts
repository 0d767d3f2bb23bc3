import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { loadConfig, type SimulatorConfig } from '../simulator.config.js';
import { say } from '../testing/fake-gateway.js';
import { SimulatorBench } from '../testing/simulator-bench.js';
import { parseCommand, type Command } from './arguments.js';
import { call } from './call.command.js';

const SCENARIO = `
name: spec
timeFactor: 20
vars: { expected: report }
lingerMs: 100
tools: [{ name: slow, async: true }]
steps: [{ toolCalls: [{ tool: slow }] }]
expect: [{ heard: "{{expected}}", withinMs: 10000 }]
`;

describe('the call command', () => {
  let bench: SimulatorBench;
  let folder: string;
  let printed: string[];

  beforeEach(async () => {
    bench = await SimulatorBench.start();
    bench.gateway.injections = [say('The report is ready.', 20)];
    folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    await writeFile(join(folder, 'a.yaml'), SCENARIO);
    printed = [];
    jest.spyOn(console, 'log').mockImplementation((line: unknown) => void printed.push(String(line)));
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await bench.stop();
    await rm(folder, { recursive: true });
  });

  function run(config: Partial<SimulatorConfig>, ...args: readonly string[]): Promise<number> {
    const { url } = bench.server.runDefaults().target;
    const command = parseCommand(['call', ...args]) as Command & { kind: 'call' };
    return call(command, { ...loadConfig({}), gatewayUrl: url, ...config }, new AbortController().signal);
  }

  it('runs a simulator of its own when none listens, and exits with 0', async () => {
    await expect(run({ port: 0 }, join(folder, 'a.yaml'))).resolves.toBe(0);
    expect(printed.slice(-2)).toEqual(['heard: The report is ready.', 'passed: spec (1 call)']);
  });

  it('uses the simulator that listens, and writes a report with all events', async () => {
    const json = join(folder, 'r.json');
    const port = Number(new URL(bench.origin).port);
    await expect(
      run({ port, gatewayUrl: 'http://gateway.invalid/' }, join(folder, 'a.yaml'), '--json', json),
    ).resolves.toBe(0);
    const report = JSON.parse(await readFile(json, 'utf8')) as { calls: { events: { type: string }[] }[] };
    expect(report).toMatchObject({ verdict: 'passed', timeFactor: 20 });
    expect(report.calls[0]?.events.map((event) => event.type)).toContain('tool-calls-sent');
  });

  it('exits with 1 and the reasons when an expectation does not hold', async () => {
    await expect(run({ port: 0 }, join(folder, 'a.yaml'), '--set', 'expected=slot')).resolves.toBe(1);
    expect(printed.slice(-2)).toEqual(['failed: spec (1 call)', '  - expected to hear once "slot", heard 0 times']);
  });

  it('says what keeps it from playing', async () => {
    const file = join(folder, 'a.yaml');
    await expect(run({ port: 0 }, join(folder, 'none.yaml'))).rejects.toThrow(/cannot read the scenario file/);
    await expect(run({ port: 0 }, file, '--set', 'steps.0.wait=soon')).rejects.toThrow(/a\.yaml has a fault/);
    await bench.gateway.close();
    await expect(run({ port: 0 }, file)).rejects.toThrow(/no gateway listens/);
    const other = createServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    await expect(run({ port: (other.address() as AddressInfo).port }, file)).rejects.toThrow(/something else/);
    await new Promise((resolve) => other.close(resolve));
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { say } from '../testing/fake-gateway.js';
import { SimulatorBench, until, type Played } from '../testing/simulator-bench.js';

describe('the answers of the control URL, where Vapi’s are not known', () => {
  let bench: SimulatorBench;

  beforeEach(async () => {
    bench = await SimulatorBench.start();
    bench.gateway.injections = [say('The report is ready.', 50)];
  });

  afterEach(() => bench.stop());

  function play(control: string, steps: string, more = ''): Promise<Played> {
    return bench.play(`
lingerMs: 0
tools: [{ name: slow, async: true }]
behaviour: { control: ${control} }
${more}
steps:
  - toolCalls: [{ tool: slow }]
  ${steps}
`);
  }

  const FORWARDED = '- status: forwarding\n  - waitForControl: 1\n  - wait: 3000';
  const ENDED = '- hangUp: true';

  it.each([
    ['{ success: 200 }', '- waitForHeard: report', 200, 1],
    ['{ success: { status: 201, body: { ok: true } } }', '- waitForHeard: report', 201, 1],
    ['{ success: 204 }', '- waitForHeard: report', 204, 1],
    ['{ forwarding: 409 }', FORWARDED, 409, 0],
    ['{ forwarding: accept-and-drop, success: 204 }', FORWARDED, 204, 0],
    ['{ forwarding: take-effect }', FORWARDED, 200, 1],
    ['{ ended: 404 }', ENDED, 404, 0],
    ['{ ended: { status: 410, body: { message: gone } } }', ENDED, 410, 0],
    ['{ ended: accept-and-drop }', ENDED, 200, 0],
  ])('%s', async (control, steps, status, heard) => {
    const report = await play(control, steps);
    expect(report.reasons).toEqual([]);
    await until(() => bench.gateway.controlStatuses.length === 1);
    expect(bench.gateway.controlStatuses).toEqual([status]);
    expect(report.heard).toHaveLength(heard);
  });

  it('may not answer for an ended call at all', async () => {
    await play('{ ended: hang }', ENDED);
    await until(() => bench.gateway.controlFailures === 1);
    expect(bench.gateway.controlStatuses).toEqual([]);
    expect(bench.gateway.controlFailures).toBe(1);
  });

  it.each([
    ['{}', 400, []],
    ['{ ringing: accept-and-drop }', 200, []],
    ['{ ringing: take-effect }', 200, ['Good day.']],
  ])('before the call is answered: %s', async (control, status, heard) => {
    const playing = play(control, '- wait: 4000', 'ringMs: 8000');
    await until(() => bench.gateway.types().includes('status-update ringing'));
    const { controlUrl } = bench.gateway.received[0]?.message.call.monitor ?? { controlUrl: '' };
    const response = await fetch(controlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'say', content: 'Good day.' }),
    });
    const report = await playing;
    expect(response.status).toBe(status);
    expect(report.heard.filter((text) => text === 'Good day.')).toEqual(heard);
    expect(bench.gateway.types().slice(0, 2)).toEqual(['status-update ringing', 'status-update in-progress']);
  });
});

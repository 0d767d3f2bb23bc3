import { describe, expect, it } from '@jest/globals';
import { BENCH_TOOL } from '../system.types.js';
import { callIdOf, callIndexOf, regionOf, toolCallIdOf } from './call-ids.js';
import { WEBHOOK_BYTES, WebhookBodies } from './webhook-bodies.js';

interface Sent {
  readonly message: {
    readonly type: string;
    readonly timestamp: number;
    readonly call: { readonly id: string; readonly monitor: { readonly controlUrl: string } };
    readonly toolCallList: readonly unknown[];
    readonly toolCalls: readonly unknown[];
    readonly toolWithToolCallList: readonly { readonly async: boolean; readonly toolCall: unknown }[];
  };
}

const bodies = new WebhookBodies(3, 'http://127.0.0.1:4000');
const read = (body: string): Sent => JSON.parse(body) as Sent;

describe('WebhookBodies', () => {
  it('writes a tool call into the three lists, with the control URL of its call', () => {
    const { message } = read(bodies.toolCalls(77));
    const callId = callIdOf(3, 77);
    const toolCall = {
      id: toolCallIdOf(77),
      type: 'function',
      function: { name: BENCH_TOOL, arguments: { region: regionOf(77) } },
    };
    expect(message.call.id).toBe(callId);
    expect(message.call.monitor.controlUrl).toBe(`http://127.0.0.1:4000/${callId}/control`);
    expect(message.toolCallList).toEqual([toolCall]);
    expect(message.toolCalls).toEqual([toolCall]);
    expect(message.toolWithToolCallList).toMatchObject([{ async: true, toolCall }]);
    expect(Math.abs(Date.now() - message.timestamp)).toBeLessThan(5000);
  });

  it('makes webhooks as large as real ones of small calls', () => {
    for (const body of [bodies.toolCalls(5), bodies.inProgress(5), bodies.assistantStopped(5)]) {
      expect(Math.abs(Buffer.byteLength(body) - WEBHOOK_BYTES)).toBeLessThan(300);
    }
  });

  it('tells that a call goes on and that its assistant is silent', () => {
    expect(read(bodies.inProgress(1)).message).toMatchObject({ type: 'status-update', status: 'in-progress' });
    expect(read(bodies.assistantStopped(1)).message).toMatchObject({
      type: 'speech-update',
      role: 'assistant',
      status: 'stopped',
    });
  });
});

describe('call ids', () => {
  it('hold the number of the call, and differ from run to run', () => {
    expect(callIndexOf(callIdOf(1, 123_456))).toBe(123_456);
    expect(callIdOf(1, 5)).not.toBe(callIdOf(2, 5));
    expect(callIndexOf('something else')).toBeNaN();
  });
});

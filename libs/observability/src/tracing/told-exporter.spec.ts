import { describe, expect, it } from '@jest/globals';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { ToldExporter } from './told-exporter.js';

function setUp() {
  let now = 0;
  let code = 1;
  const lines: unknown[] = [];
  const error = new Error('connect ECONNREFUSED');
  const inner: SpanExporter = {
    export: (_spans, told) => {
      told({ code, error });
    },
    shutdown: () => Promise.resolve(),
  };
  const log = {
    warn: (_message: string, fields?: unknown) => {
      lines.push(fields);
    },
  };
  const exporter = new ToldExporter(inner, log, () => now);
  const codes: number[] = [];
  const send = (count: number): void => {
    const spans = Array.from({ length: count }, () => ({}) as ReadableSpan);
    exporter.export(spans, (result) => codes.push(result.code));
  };
  return {
    send,
    lines,
    codes,
    error,
    pass: (ms: number) => {
      now += ms;
    },
    heal: () => {
      code = 0;
    },
  };
}

describe('ToldExporter', () => {
  it('says once in a minute that spans are lost, and how many', () => {
    const { send, lines, codes, error, pass } = setUp();
    send(3);
    send(4);
    pass(59_000);
    send(5);
    pass(1000);
    send(6);
    expect(lines).toEqual([
      { lost: 3, error },
      { lost: 15, error },
    ]);
    expect(codes).toEqual([1, 1, 1, 1]);
  });

  it('says nothing of spans that arrive', () => {
    const { send, lines, codes, heal } = setUp();
    heal();
    send(3);
    expect(lines).toEqual([]);
    expect(codes).toEqual([0]);
  });
});

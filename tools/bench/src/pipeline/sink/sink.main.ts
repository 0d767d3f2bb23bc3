import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callIndexOf } from '../load/call-ids.js';
import { monotonicMs } from '../load/monotonic.js';
import { optionsFromParent, serveParent } from '../process/parent-link.js';
import type { SinkAsk, SinkCount, SinkOptions, SinkReady, SinkTimes } from './sink.types.js';

/** Plays the control URLs of all calls: answers each POST at once, never speaks, and notes when it came. */
const { keepsConnections } = optionsFromParent<SinkOptions>();
const times = new Map<number, number>();
const repeats = new Map<number, number>();

const server = createServer((request, response) => {
  const index = callIndexOf((request.url ?? '').split('/')[1] ?? '');
  request.once('data', () => {
    const now = monotonicMs();
    if (times.has(index)) repeats.set(index, (repeats.get(index) ?? 0) + 1);
    else times.set(index, now);
  });
  request.resume();
  request.once('end', () => {
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(keepsConnections ? {} : { connection: 'close' }),
    });
    response.end('{}');
  });
});

async function answer(ask: unknown): Promise<SinkCount | SinkTimes> {
  const asked = ask as SinkAsk;
  if (asked.kind === 'count') return { calls: times.size };
  const indices = Array.from({ length: asked.count }, (_, at) => asked.from + at);
  return {
    at: Float64Array.from(indices, (index) => times.get(index) ?? Number.NaN),
    repeats: indices.reduce((sum, index) => sum + (repeats.get(index) ?? 0), 0),
  };
}

server.listen(0, '127.0.0.1', () => {
  serveParent({ port: (server.address() as AddressInfo).port } satisfies SinkReady, answer);
});

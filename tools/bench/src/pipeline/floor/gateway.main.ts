import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { optionsFromParent, serveParent } from '../process/parent-link.js';
import { openBroker } from './floor-broker.js';
import { FLOOR_STREAMS } from './floor.types.js';
import type { FloorGatewayOptions, FloorToolCall } from './floor.types.js';

/** First hop by hand: parses the webhook, stores the tool calls, answers. */
const { natsUrl, port, secret } = optionsFromParent<FloorGatewayOptions>();
const { jetStream } = await openBroker(natsUrl);

interface Webhook {
  readonly message: {
    readonly type: string;
    readonly call: { readonly id: string; readonly monitor: { readonly controlUrl: string } };
    readonly toolCallList?: readonly {
      readonly id: string;
      readonly function: { readonly name: string; readonly arguments: { readonly region: string } };
    }[];
  };
}

async function bodyOf(request: IncomingMessage): Promise<Webhook> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', reject);
    request.on('end', () => {
      try {
        resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Webhook);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers['x-vapi-secret'] !== secret) {
    response.writeHead(401).end();
    return;
  }
  const { message } = await bodyOf(request);
  const toolCalls = message.type === 'tool-calls' ? (message.toolCallList ?? []) : [];
  await Promise.all(
    toolCalls.map((toolCall) => {
      const { id: callId, monitor } = message.call;
      const { region } = toolCall.function.arguments;
      const job: FloorToolCall = { callId, toolCallId: toolCall.id, region, controlUrl: monitor.controlUrl };
      return jetStream.publish(FLOOR_STREAMS.toolCalls.subject, JSON.stringify(job));
    }),
  );
  const results = toolCalls.map(({ id, function: { name } }) => ({ name, toolCallId: id, result: 'Accepted.' }));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ results }));
}

const server = createServer((request, response) => {
  take(request, response).catch(() => response.writeHead(503).end());
});
server.listen(port, '127.0.0.1', () => serveParent(undefined, async () => undefined));

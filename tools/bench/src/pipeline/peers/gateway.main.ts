import { Queue } from 'bullmq';
import express from 'express';
import type { Request } from 'express';
import { optionsFromParent, serveParent } from '../process/parent-link.js';
import { connectionTo, JOB_OPTIONS, QUEUES } from './express-bullmq.types.js';
import type { PeerGatewayOptions, ToolCallJob } from './express-bullmq.types.js';

/** First hop: takes the webhook, adds a job for each tool call, answers. */
const options = optionsFromParent<PeerGatewayOptions>();
const queue = new Queue<ToolCallJob>(QUEUES.toolCalls, { connection: connectionTo(options) });
await queue.waitUntilReady();

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

const app = express();
app.disable('x-powered-by');
app.use((request, response, next) => {
  if (request.get('x-vapi-secret') === options.secret) next();
  else response.sendStatus(401);
});
app.use(express.json({ limit: '10mb' }));

app.post('/vapi/webhook', async (request: Request<object, unknown, Webhook>, response) => {
  const { message } = request.body;
  const toolCalls = message.type === 'tool-calls' ? (message.toolCallList ?? []) : [];
  await Promise.all(
    toolCalls.map(
      async ({
        id: toolCallId,
        function: {
          name,
          arguments: { region },
        },
      }) => {
        const { id: callId, monitor } = message.call;
        const job: ToolCallJob = { callId, toolCallId, region, controlUrl: monitor.controlUrl };
        // A webhook that comes again adds no second job.
        await queue.add(name, job, { ...JOB_OPTIONS, jobId: `${callId}-${toolCallId}` });
      },
    ),
  );
  response.json({
    results: toolCalls.map(({ id, function: { name } }) => ({ name, toolCallId: id, result: 'Accepted.' })),
  });
});

app.listen(options.port, '127.0.0.1', () => serveParent(undefined, async () => undefined));

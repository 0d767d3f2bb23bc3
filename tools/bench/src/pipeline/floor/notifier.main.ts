import { Agent, request } from 'node:http';
import { optionsFromParent, serveParent } from '../process/parent-link.js';
import { consume, openBroker } from './floor-broker.js';
import { FLOOR_STREAMS } from './floor.types.js';
import type { FloorOptions, FloorResult } from './floor.types.js';

/** Third hop by hand: says the result, acknowledges. */
const { jetStream } = await openBroker(optionsFromParent<FloorOptions>().natsUrl);
const agent = new Agent({ keepAlive: true });

async function say({ controlUrl, text }: FloorResult): Promise<void> {
  const body = JSON.stringify({ type: 'say', content: text });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const post = request(controlUrl, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error('The control URL has refused.'));
      });
    });
    post.once('error', reject);
    post.end(body);
  });
}

await consume(jetStream, FLOOR_STREAMS.results, async (message) => {
  await say(message.json<FloorResult>());
  message.ack();
});
serveParent(undefined, async () => undefined);

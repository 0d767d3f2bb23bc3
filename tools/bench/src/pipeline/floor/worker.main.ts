import { optionsFromParent, serveParent } from '../process/parent-link.js';
import { sentenceOf } from '../system.types.js';
import { consume, openBroker } from './floor-broker.js';
import { FLOOR_STREAMS } from './floor.types.js';
import type { FloorOptions, FloorResult, FloorToolCall } from './floor.types.js';

/** Second hop by hand: does the job, stores the result, acknowledges. */
const { jetStream } = await openBroker(optionsFromParent<FloorOptions>().natsUrl);

await consume(jetStream, FLOOR_STREAMS.toolCalls, async (message) => {
  const { region, controlUrl } = message.json<FloorToolCall>();
  const result: FloorResult = { controlUrl, text: sentenceOf(region) };
  await jetStream.publish(FLOOR_STREAMS.results.subject, JSON.stringify(result));
  message.ack();
});
serveParent(undefined, async () => undefined);

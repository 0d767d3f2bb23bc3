/** Second entry, for specs: webhook bodies in every shape that Vapi is known to send, each with what it means. */
export { webhookFixture, webhookFixtures } from './fixtures/webhook-fixtures.js';
export type { WebhookFixture } from './fixtures/webhook-fixture.types.js';
export {
  envelope,
  FIXTURE_CALL_ID,
  FIXTURE_CONTROL_URL,
  FIXTURE_RECEIVED_AT,
  FIXTURE_SENT_AT,
  phoneCall,
  PRIVATE_MARK,
  toolCall,
  toolCallsBody,
  webCall,
} from './fixtures/fixture-bodies.js';
export { startFixtureServer } from './fixtures/fixture-server.js';
export type { FixtureHandler, FixtureRequest, FixtureServer } from './fixtures/fixture-server.js';
export { FakeAccount } from './fixtures/fake-account.js';

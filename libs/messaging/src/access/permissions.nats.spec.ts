import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, ErrorCode, NatsError } from 'nats';
import type { NatsConnection } from 'nats';
import type { NatsServer } from '@interject/testing';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';
import { accessOf, startSecuredNats } from '../testing/secured-nats.js';
import { NATS_USERS } from './users.js';

const TOOL_WORKERS = ['http-worker', 'appointments-worker', 'worker'];
/** Those that may run a tool `build_report`. */
const REPORTERS = ['http-worker', 'worker'];
const SPEAKERS = ['gateway', 'notifier'];

/** What is tried (`sub` listens, everything else publishes), and who may. Everybody else is refused. */
const ACTIONS: readonly (readonly [subject: string, allowed: readonly string[]])[] = [
  // Control URLs, by every way to them.
  ['$JS.API.STREAM.MSG.GET.KV_control', SPEAKERS],
  ['$JS.API.DIRECT.GET.KV_control', []],
  ['$JS.API.DIRECT.GET.KV_control.$KV.control.secret', []],
  ['$JS.API.CONSUMER.CREATE.KV_control', []],
  ['$JS.API.CONSUMER.CREATE.KV_control.mine', []],
  ['$JS.API.CONSUMER.CREATE.KV_control.mine.$KV.control.>', ['notifier']],
  ['$JS.API.CONSUMER.DURABLE.CREATE.KV_control.mine', []],
  ['$JS.API.CONSUMER.MSG.NEXT.KV_control.mine', []],
  ['$JS.API.STREAM.SNAPSHOT.KV_control', []],
  ['$JS.API.STREAM.CREATE.MIRROR_OF_CONTROL', []],
  ['$KV.control.secret', SPEAKERS],
  ['sub $KV.control.>', []],
  ['sub $JS.>', []],
  ['sub >', []],
  ['sub *.*.*', []],
  ['sub _INBOX.>', []],
  ['sub _INBOX.notifier.>', ['notifier']],
  ['sub _INBOX.gateway.x', ['gateway']],
  // Speech: who is talking, and what was said.
  ['floor.1.call', ['gateway']],
  ['sub floor.>', []],
  ['$JS.API.STREAM.MSG.GET.FLOOR', ['operator']],
  ['$JS.API.CONSUMER.CREATE.FLOOR.mine.floor.*.*', ['notifier', 'operator']],
  ['utterances.1', ['notifier']],
  ['utterances.redacted', ['notifier', 'operator']],
  ['$JS.API.STREAM.MSG.GET.UTTERANCES', ['notifier', 'operator']],
  ['sub utterances.>', []],
  ['sub calls-query.*', ['notifier']],
  ['calls-query.1', ['gateway', 'operator']],
  // Facts about calls.
  ['calls.1.call.status', ['gateway', 'operator']],
  ['calls.1.call.ended', ['gateway', 'operator']],
  ['calls.1.call.announcement.key', ['gateway', 'operator', 'backend']],
  ['calls.1.call.cancel-requested.key', ['gateway', 'operator']],
  ['calls.1.call.result.key', [...SPEAKERS, ...TOOL_WORKERS, 'operator']],
  ['calls.1.call.undelivered.key', ['notifier', 'operator']],
  ['sub calls.>', []],
  ['sub calls.*.*.result.*', ['gateway']],
  ['$JS.API.STREAM.MSG.GET.CALL_EVENTS', [...SPEAKERS, ...TOOL_WORKERS, 'operator']],
  ['$JS.API.CONSUMER.CREATE.CALL_EVENTS', []],
  ['$JS.API.CONSUMER.CREATE.CALL_EVENTS.mine', []],
  ['$JS.API.CONSUMER.CREATE.CALL_EVENTS.mine.calls.>', ['notifier', 'operator']],
  ['$JS.API.CONSUMER.CREATE.CALL_EVENTS.mine.calls.*.*.result.*', ['notifier', 'operator']],
  ['$JS.API.CONSUMER.CREATE.CALL_EVENTS.mine.calls.*.*.undelivered.*', ['notifier', 'operator']],
  ['$JS.API.CONSUMER.CREATE.CALL_EVENTS.mine.calls.*.*.ended', ['notifier', ...TOOL_WORKERS, 'operator']],
  // Jobs, and those of other tools.
  ['tool-calls.build_report.1.key', ['gateway', 'operator']],
  ['sub tool-calls.>', []],
  ['$JS.API.STREAM.MSG.GET.TOOL_CALLS', [...SPEAKERS, 'operator']],
  ['$JS.API.CONSUMER.CREATE.TOOL_CALLS.mine', []],
  ['$JS.API.CONSUMER.CREATE.TOOL_CALLS.worker-x.tool-calls.x.*.*', ['notifier', ...REPORTERS, 'operator']],
  ['$JS.API.CONSUMER.MSG.NEXT.TOOL_CALLS.worker-build_report', REPORTERS],
  ['$JS.ACK.TOOL_CALLS.worker-build_report.1.1.1.1.1', REPORTERS],
  ['$JS.API.CONSUMER.MSG.NEXT.CALL_EVENTS.follow-up-worker-undelivered', ['follow-up-worker']],
  ['$KV.tools.build_report', REPORTERS],
  ['$KV.tools.find_slots', TOOL_WORKERS],
  ['$KV.workers.replica', TOOL_WORKERS],
  ['dead-letters.tool-calls.unparseable', TOOL_WORKERS],
  ['dead-letters.call-events.unparseable', ['follow-up-worker']],
  ['$JS.API.STREAM.MSG.GET.DEAD_LETTERS', ['operator']],
  // What the services know among themselves.
  ['$KV.ledger.key', SPEAKERS],
  ['$KV.leases.1', ['notifier']],
  ['$KV.calls.token', ['notifier']],
  ['$JS.API.STREAM.MSG.GET.KV_calls', [...SPEAKERS, 'operator']],
  ['$KV.settings.partitions', [...SPEAKERS, 'operator']],
  // Streams and consumers themselves.
  ['$JS.API.STREAM.CREATE.CALL_EVENTS', SPEAKERS],
  ['$JS.API.STREAM.UPDATE.CALL_EVENTS', SPEAKERS],
  ['$JS.API.STREAM.DELETE.CALL_EVENTS', []],
  ['$JS.API.STREAM.PURGE.CALL_EVENTS', ['operator']],
  ['$JS.API.STREAM.MSG.DELETE.CALL_EVENTS', ['operator']],
  ['$JS.API.STREAM.LEADER.STEPDOWN.CALL_EVENTS', []],
  ['$JS.API.CONSUMER.DELETE.TOOL_CALLS.worker-build_report', []],
  ['$JS.API.STREAM.NAMES', []],
  ['$JS.API.STREAM.LIST', []],
  ['$JS.API.CONSUMER.LIST.CALL_EVENTS', ['operator']],
  ['$JS.API.META.LEADER.STEPDOWN', []],
  ['$SYS.REQ.SERVER.PING', []],
  ['sub $SYS.>', []],
];

describe('the users of deploy/nats/users.conf', () => {
  let server: NatsServer;
  let gateway: MessagingKit;

  beforeAll(async () => {
    server = await startSecuredNats();
    gateway = await openMessaging({ url: server.url, access: accessOf('gateway') });
    await gateway.kv.bucket('control').put('secret', '{"controlUrl":"https://x"}');
  });
  afterAll(async () => {
    await gateway.close();
    await server.dispose();
  });

  async function login(user: string): Promise<NatsConnection> {
    const { password } = accessOf(user);
    return connect({ servers: server.url, user, pass: password, inboxPrefix: `_INBOX.${user}` });
  }

  it.each(NATS_USERS)('may do what they need and nothing else: $name', async ({ name }) => {
    const nats = await login(name);
    try {
      const outcomes = await Promise.all(ACTIONS.map(async ([action]) => [action, await isAllowed(nats, action)]));
      expect(Object.fromEntries(outcomes)).toEqual(
        Object.fromEntries(ACTIONS.map(([action, allowed]) => [action, allowed.includes(name)])),
      );
    } finally {
      await nats.close();
    }
  });

  it('cannot read by a consumer more than its subject says', async () => {
    const nats = await login('worker');
    const granted = '$JS.API.CONSUMER.CREATE.CALL_EVENTS.mine.calls.*.*.ended';
    const bodies = [
      { stream_name: 'KV_control', config: { name: 'mine', filter_subject: 'calls.*.*.ended' } },
      { stream_name: 'CALL_EVENTS', config: { name: 'mine', filter_subject: 'calls.>' } },
      { stream_name: 'CALL_EVENTS', config: { name: 'mine' } },
    ];
    try {
      for (const body of bodies) {
        const config = { ...body.config, deliver_subject: '_INBOX.worker.x', ack_policy: 'none' };
        const answer = await nats.request(granted, JSON.stringify({ ...body, config }));
        expect([body, answer.json()]).toEqual([body, expect.objectContaining({ error: expect.anything() })]);
      }
    } finally {
      await nats.close();
    }
  });
});

/** False when the server refuses the subject; an answer of any kind, or none, shows that it was let through. */
async function isAllowed(nats: NatsConnection, action: string): Promise<boolean> {
  if (!action.startsWith('sub ')) {
    return nats.request(action, '', { timeout: 1000 }).then(
      () => true,
      (error: unknown) => !(error instanceof NatsError && error.isPermissionError()),
    );
  }
  let isRefused = false;
  const subscription = nats.subscribe(action.slice(4), {
    callback: (error) => {
      if (error !== null && error.code === (ErrorCode.PermissionsViolation as string)) isRefused = true;
    },
  });
  // The refusal comes before the answer to this.
  await nats.flush();
  if (!isRefused) subscription.unsubscribe();
  return !isRefused;
}

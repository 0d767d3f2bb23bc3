import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { announcementKey, Buckets, callToken, MuteKeys } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { aResult, aToolCall, aToolDefinition, eventually, freePort, NatsServer } from '@interject/testing';
import { liveCall, PlayedNotifier, run, Screen } from './interject.spec-kit.js';

const SECRET = 'a text that is private';
const CALL = 'call-1';

describe('interject', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let notifier: PlayedNotifier;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
  });
  afterAll(async () => {
    await kit.close();
    await server.dispose();
  });
  beforeEach(async () => {
    notifier = await PlayedNotifier.start(kit);
  });
  afterEach(async () => {
    await notifier.stop();
    const settings = kit.kv.bucket(Buckets.Settings);
    await Promise.all([settings.delete(MuteKeys.all), settings.delete(MuteKeys.calls)]);
  });
  const interject = (...args: string[]): Promise<Screen> => run(server.url, args);

  describe('calls', () => {
    it('lists them, the newest last, and bounds the list', async () => {
      expect((await interject('calls')).lines).toEqual(['No live calls.']);
      for (const [index, id] of ['a', 'b', 'c'].entries()) {
        notifier.calls.set(id, liveCall(id, { since: Date.now() - 10_000 + index }));
      }
      const { lines, failed } = await interject('calls', '--limit', '2');
      expect(lines.join('\n')).toMatch(/^CALL +LIVE FOR .*\nb +10s +in-progress +nobody +1 +2 +caller-speaks\nc /);
      expect(lines.at(-1)).toBe('1 more are left out: --limit shows more.');
      expect(failed).toBe(false);
      const json = JSON.parse((await interject('calls', '--json')).lines[0] ?? '') as object;
      expect(json).toMatchObject({ total: 3, calls: [{ callId: 'a' }, {}, {}], partitionsWithoutAnswer: [] });
      await expect(interject('calls', '--limit', 'x')).rejects.toThrow('--limit must be a whole number');
    });

    it('says for which partitions nobody answers', async () => {
      await notifier.stop();
      const screen = await interject('calls');
      expect(screen.errors[0]).toContain('No notifier answers for 16 partitions of 16');
      expect(screen.failed).toBe(true);
    });
  });

  describe('call', () => {
    it('tells its story, with texts only when they are asked for', async () => {
      const { publisher } = kit;
      const toolCall = aToolCall({ callId: CALL, toolCallId: 'tc', arguments: { region: SECRET } });
      await publisher.publish(publisher.events.status({ callId: CALL, status: 'in-progress', at: 1000 }));
      await publisher.publish(publisher.events.toolCall(toolCall));
      const result = aResult({ callId: CALL, toolCallId: 'tc', tool: toolCall.tool, text: SECRET, at: 3000 });
      await publisher.publish(publisher.events.result(result));
      const { tool } = toolCall;
      const utterance = { utteranceId: 'u', source: 'result', class: 'result', tool, state: 'heard', attempt: 1 };
      const times = { queuedAt: 3000, sendingAt: 4000, sentAt: 4100, speakingAt: 4500, endedAt: 6000 };
      const toolCalls = [{ toolCallId: 'tc', tool, state: 'succeeded', requestedAt: 2000 }];
      notifier.calls.set(CALL, liveCall(CALL, { toolCalls, utterances: [{ ...utterance, times }] }));
      const shown = await interject('call', CALL);
      expect(shown.text).not.toContain(SECRET);
      expect(shown.lines.slice(5).map((line) => line.slice(13))).toEqual([
        '    +0.0s  status in-progress',
        `    +1.0s  tool call ${tool} (tc)`,
        `    +2.0s  result of ${tool} (tc): succeeded`,
        `    +2.0s  queued: result of ${tool} u`,
        `    +3.0s  sending: result of ${tool} u`,
        `    +3.1s  sent: result of ${tool} u`,
        `    +3.5s  speaking: result of ${tool} u`,
        `    +5.0s  heard: result of ${tool} u`,
        'd and said is private: --texts shows it.',
      ]);
      const withTexts = await interject('call', CALL, '--texts');
      expect(withTexts.lines.filter((line) => line.includes(SECRET))).toHaveLength(2);
      expect((await interject('call', CALL, '--json')).text).not.toContain(SECRET);
    });

    it('works for an ended call, and without a notifier', async () => {
      await notifier.stop();
      const summary = liveCall('ended-call', { status: 'ended', endedReason: 'customer-ended-call' });
      await kit.kv.bucket(Buckets.Calls).put(callToken('ended-call'), JSON.stringify(summary));
      const { lines } = await interject('call', 'ended-call');
      expect(lines.slice(0, 2)).toEqual(['call       ended-call', 'status     ended (customer-ended-call)']);
    });

    it('says that it knows nothing', async () => {
      await expect(interject('call', 'other')).rejects.toThrow('Nothing is known of the call other');
      await expect(interject('call', '')).rejects.toThrow('That is no id of a call');
    });
  });

  describe('say', () => {
    it('asks for a place, publishes, and follows it to its end', async () => {
      notifier.calls.set(CALL, liveCall(CALL));
      const screen = new Screen();
      const saying = run(server.url, ['say', CALL, SECRET], {}, screen);
      const subject = `calls.*.${callToken(CALL)}.announcement.*`;
      const message = await eventually(() => kit.reader.last('CALL_EVENTS', subject), { intervalMs: 20 });
      const announced = JSON.parse(Buffer.from(message.data).toString()) as { announcementId: string; text: string };
      expect(announced.text).toBe(SECRET);
      const utteranceId = announcementKey(CALL, announced.announcementId);
      expect(notifier.admitted).toEqual([utteranceId]);
      const utterance = { utteranceId, source: 'announcement', class: 'result', attempt: 1, times: { queuedAt: 1 } };
      notifier.calls.set(
        CALL,
        liveCall(CALL, { utterances: [{ ...utterance, state: 'held', waitsFor: 'caller-speaks' }] }),
      );
      await eventually(() => screen.lines.length === 2, { intervalMs: 20 });
      notifier.calls.set(CALL, liveCall(CALL, { utterances: [{ ...utterance, state: 'heard' }] }));
      const { lines, failed } = await saying;
      expect(lines).toEqual([`accepted: utterance ${utteranceId}`, 'held, waits for: caller-speaks', 'heard']);
      expect(failed).toBe(false);
    });

    it('refuses what cannot be said', async () => {
      notifier.calls.set(CALL, liveCall(CALL));
      await expect(interject('say', CALL, ' ...')).rejects.toThrow('something that can be said');
      await expect(interject('say', CALL, 'x'.repeat(10_001))).rejects.toThrow('it has 10001');
      await expect(interject('say', CALL, 'Hello', '--interrupt', '--silent')).rejects.toThrow('not both');
      await expect(interject('say', 'other', 'Hello')).rejects.toThrow('There is no live call other');
      await expect(interject('say', CALL)).rejects.toThrow("missing required argument 'text'");
      notifier.admission = 'full';
      await expect(interject('say', CALL, 'Hello')).rejects.toThrow('Too much waits');
      notifier.calls.set(CALL, liveCall(CALL, { status: 'ended' }));
      notifier.admission = 'ended';
      await expect(interject('say', CALL, 'Hello')).rejects.toThrow('has ended');
      await notifier.stop();
      await expect(interject('say', 'nobody', 'Hello')).rejects.toThrow('no notifier answers');
    });
  });

  describe('mute', () => {
    it('mutes and unmutes all, and says so everywhere', async () => {
      const muted = await interject('mute', 'all', '--reason', 'the voice is broken');
      expect(muted.text).toMatch(/^Muted: nothing new is said in any call\. Every notifier has it, after \d+ ms\.$/);
      const line = (await interject('calls')).lines[0] ?? '';
      expect(line).toMatch(/^SPEECH IS MUTED in all calls for \ds \(the voice is broken\)/);
      expect((await interject('health')).text).toContain('warn  speech             SPEECH IS MUTED');
      const unmuted = await interject('unmute', 'all');
      expect(unmuted.text).toContain('Unmuted: what has waited is said now. Every notifier has it');
      expect((await interject('unmute', 'all')).text).toBe('Nothing was muted.');
      expect((await interject('calls')).text).toBe('No live calls.');
    });

    it('mutes one call, and unmutes it', async () => {
      notifier.calls.set(CALL, liveCall(CALL));
      expect((await interject('mute', CALL)).text).toContain(`Muted: nothing new is said in ${CALL}`);
      expect((await interject('calls')).text).toContain(`muted on its own: ${CALL}`);
      expect((await interject('call', CALL)).text).toContain('speech     muted');
      await interject('mute', 'all');
      const half = await interject('unmute', CALL);
      expect([half.failed, half.errors]).toEqual([
        true,
        ['All calls are muted still: npm run interject -- unmute all'],
      ]);
      expect((await interject('mute', CALL)).failed).toBe(false);
      expect((await interject('unmute', 'all')).failed).toBe(false);
      expect((await interject('call', CALL)).text).not.toContain('muted');
    });

    it('refuses calls that are not live, and stores it when nobody answers', async () => {
      await expect(interject('mute', 'other')).rejects.toThrow('There is no live call other');
      await expect(interject('mute')).rejects.toThrow("missing required argument 'id|all'");
      await notifier.stop();
      const screen = await interject('mute', 'all');
      expect(screen.errors[0]).toContain('16 partitions of 16 have not shown it yet');
      expect(screen.failed).toBe(true);
      expect(await kit.kv.bucket(Buckets.Settings).get(MuteKeys.all)).toBeDefined();
    }, 15_000);
  });

  describe('tools and health', () => {
    it('show who runs what, and what is wrong', async () => {
      expect((await interject('tools')).text).toBe('No tools: no worker has registered one yet.');
      await kit.kv.bucket(Buckets.Tools).put('report', JSON.stringify(aToolDefinition({ name: 'report' })));
      const idle = await interject('tools');
      expect([idle.lines[0]?.split('\n')[1], idle.failed]).toEqual([
        expect.stringMatching(/^report +no worker +0/),
        true,
      ]);
      expect((await interject('health')).text).toContain('fail  workers            no worker runs: report');
      const heartbeat = (replica: string, version: string) =>
        kit.kv
          .bucket(Buckets.Workers)
          .put(replica, JSON.stringify({ worker: 'w', replica, tools: [{ name: 'report', version }], startedAt: 1 }));
      await heartbeat('one', '1');
      const live = await interject('health');
      expect([live.failed, live.lines.filter((line) => line.startsWith('fail'))]).toEqual([false, []]);
      await heartbeat('two', '2');
      const odd = await interject('tools');
      expect(odd.errors).toEqual([
        'report: replicas of w run several versions: 1, 2. A rolling update ends within minutes.',
      ]);
      expect((await interject('health', '--strict')).failed).toBe(true);
      const message = {
        subject: 'tool-calls.report.0.x',
        sequence: 1,
        storedAt: 0,
        headers: {},
        data: Buffer.from('{}'),
      };
      await kit.deadLetters.bury(message, {
        stream: 'TOOL_CALLS',
        reason: 'x',
        deliveryCount: 1,
        durable: 'worker-report',
      });
      const dead = await interject('health', '--json');
      expect(dead.failed).toBe(true);
      expect(JSON.parse(dead.text)).toMatchObject({ ok: false });
      expect(dead.text).toContain('npm run dlq -- list');
    });

    it('say that nobody serves calls', async () => {
      await notifier.stop();
      expect((await interject('health')).text).toContain('nobody answers for 16 of 16 partitions');
    });
  });

  it('says how it is used, and that NATS is not there', async () => {
    const url = `nats://127.0.0.1:${String(await freePort())}`;
    await expect(run(url, ['calls'])).rejects.toThrow('No NATS server answers at NATS_URL');
    const checked = await run(url, ['doctor'], { VAPI_BASE_URL: 'http://127.0.0.1:1' });
    expect(checked.text).toContain('fail  NATS               No NATS server answers at NATS_URL');
    for (const name of ['calls', 'call', 'say', 'mute', 'unmute', 'tools', 'health', 'doctor', 'forget']) {
      expect((await run(url, [name, '--help'])).text).toContain(`Usage: interject ${name}`);
    }
    await expect(run(url, ['nonsense'])).rejects.toThrow('unknown command');
  });
});

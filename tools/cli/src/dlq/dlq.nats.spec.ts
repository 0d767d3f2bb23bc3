import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Streams, Subjects, toolCallKey } from '@interject/contracts';
import type { ToolCallRequested } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { NatsServer } from '@interject/testing';
import type { Terminal } from '../terminal.js';
import { dlqCommand } from './dlq.command.js';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const TOOL = 'build_report';

/** What a person sees. */
class Screen implements Terminal {
  readonly lines: string[] = [];
  failed = false;
  out(line: string): void {
    this.lines.push(line);
  }
  error(line: string): void {
    this.lines.push(line);
  }
  fail(): void {
    this.failed = true;
  }
  get text(): string {
    return this.lines.join('\n');
  }
}

describe('dlq', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let count = 0;
  let letters = 0;
  let callId = '';

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
  });
  afterAll(async () => {
    await kit.close();
    await server.dispose();
  });
  beforeEach(() => {
    count += 1;
    callId = `call-${String(count)}`;
  });

  const dlq = async (...args: string[]): Promise<Screen> => {
    const screen = new Screen();
    const command = dlqCommand({ natsUrl: server.url, terminal: screen, now: Date.now });
    for (const each of [command, ...command.commands]) {
      each.exitOverride().configureOutput({
        writeErr: (text) => {
          screen.error(text);
        },
      });
    }
    await command.parseAsync(args, { from: 'user' });
    return screen;
  };
  const request = (over: Partial<ToolCallRequested> = {}): ToolCallRequested => ({
    callId,
    toolCallId: 'tool-call-1',
    tool: TOOL,
    arguments: { region: 'a secret region' },
    mode: 'async',
    requestedAt: Date.now() - 60_000,
    graceMs: 0,
    queueExpiryMs: 10_000,
    watchdogMs: 600_000,
    onCallEnded: 'finish',
    ...over,
  });
  const subject = (): string => kit.publisher.events.toolCall(request()).subject;
  /** @returns its number */
  const bury = async (
    data: unknown = request(),
    stream: string = Streams.ToolCalls,
    on = subject(),
  ): Promise<string> => {
    letters += 1;
    const headers = { traceparent: TRACE };
    const message = { subject: on, sequence: letters, storedAt: 0, headers, data: Buffer.from(JSON.stringify(data)) };
    await kit.deadLetters.bury(message, {
      stream,
      reason: 'not-retryable',
      deliveryCount: 2,
      durable: `worker-${TOOL}`,
    });
    const last = await kit.reader.last(Streams.DeadLetters, 'dead-letters.>');
    return String(last?.sequence ?? 0);
  };
  const stored = async (toolCallId = 'tool-call-1') => {
    const key = toolCallKey(callId, toolCallId);
    const partition = subject().split('.')[2];
    const found = await kit.reader.last(Streams.ToolCalls, Subjects.toolCall(TOOL, Number(partition), key));
    if (found === undefined) return undefined;
    const data = JSON.parse(Buffer.from(found.data).toString()) as ToolCallRequested;
    return { data, headers: found.headers };
  };
  const isOn = (): Promise<unknown> =>
    kit.publisher.publish(kit.publisher.events.status({ callId, status: 'in-progress', at: Date.now() }));
  const finish = (): Promise<unknown> =>
    kit.publisher.publish(
      kit.publisher.events.result({ ...request(), outcome: 'timed-out', attempts: 0, at: Date.now() }),
    );

  it('says that there is none', async () => {
    expect((await dlq('list')).lines).toEqual(['No dead letters.']);
  });

  it('lists, filters and shows without what is private', async () => {
    const number = await bury();
    const listed = await dlq('list', '--call', callId);
    expect(listed.lines.join('\n')).toMatch(
      new RegExp(`^LETTER .*\\n${number} .*TOOL_CALLS +build_report +not-retryable`),
    );
    expect((await dlq('list', '--tool', 'other')).lines).toEqual(['None of 1 dead letters fits.']);
    for (const filters of [
      ['--stream', 'call-events'],
      ['--reason', 'x'],
      ['--consumer', 'x'],
      ['--since', '2099-01-01'],
    ]) {
      expect((await dlq('list', ...filters)).lines).toEqual(['None of 1 dead letters fits.']);
    }
    expect((await dlq('list', '--stream', 'tool-calls', '--since', '1h')).text).toContain(TOOL);
    const shown = await dlq('show', number);
    expect(shown.text).toContain(`callId            ${callId}`);
    expect(shown.text).toContain('toolCallId        tool-call-1');
    expect(shown.text).toContain(`traceparent: ${TRACE}`);
    expect(shown.text).not.toContain('a secret region');
    expect((await dlq('show', number, '--data')).text).toContain('a secret region');
    const json = JSON.parse((await dlq('list', '--json', '--call', callId)).lines[0] ?? '') as object;
    expect(json).toMatchObject({ sequence: Number(number), tool: TOOL, callId, consumer: `worker-${TOOL}` });
    expect(json).not.toHaveProperty('data');
  });

  it('replays a tool call of a live call with its trace, and removes the letter', async () => {
    await isOn();
    const number = await bury();
    const dry = await dlq('replay', number, '--dry-run');
    expect(dry.lines[0]).toBe(`${number} would be replayed (spoken)`);
    expect(await stored()).toBeUndefined();
    const before = Date.now();
    const real = await dlq('replay', number);
    expect(real.lines).toEqual([`${number} replayed (spoken)`, '1 of 1 done.']);
    const back = await stored();
    expect(back?.headers).toMatchObject({ traceparent: TRACE });
    expect(back?.data).toMatchObject({ toolCallId: 'tool-call-1', arguments: { region: 'a secret region' } });
    expect(back?.data.requestedAt).toBeGreaterThanOrEqual(before);
    expect(back?.data).not.toHaveProperty('isSilent');
    await expect(dlq('show', number)).rejects.toThrow(`There is no dead letter ${number}`);
  });

  it('replays silently when the call has ended, and with words only if that is wanted', async () => {
    await isOn();
    await kit.publisher.publish(kit.publisher.events.ended({ callId, at: Date.now() }));
    const number = await bury();
    await dlq('replay', number, '--keep');
    expect((await stored())?.data.isSilent).toBe(true);
    expect((await dlq('list', '--call', callId)).text).toContain(`\n${number} `);
    const again = await bury(request({ toolCallId: 'tool-call-2' }));
    const screen = await dlq('replay', again, '--speak-anyway', '--dry-run');
    expect(screen.lines[0]).toContain('its words go to follow-ups');
  });

  it('replays silently when nothing shows that the call is on, however young the letter is', async () => {
    const number = await bury(request({ requestedAt: Date.now() }));
    expect((await dlq('replay', number)).lines[0]).toBe(`${number} replayed (silently)`);
    expect((await stored())?.data.isSilent).toBe(true);
  });

  it('makes a new tool call of one that has its result, a new one each time', async () => {
    await finish();
    const number = await bury();
    expect((await dlq('show', number)).lines.at(-1)).toBe('Its tool call ended as timed-out after 0 attempts');
    await dlq('discard', number);
    await dlq('replay', await bury());
    expect((await stored('tool-call-1~replay-1'))?.data.toolCallId).toBe('tool-call-1~replay-1');
    await dlq('replay', await bury());
    expect((await stored('tool-call-1~replay-2'))?.data.toolCallId).toBe('tool-call-1~replay-2');
  });

  it('does not replay twice what was cut off before the letter was removed', async () => {
    const number = await bury();
    await dlq('replay', number, '--keep');
    expect((await dlq('replay', number)).lines[0]).toBe(`${number} was replayed a moment ago`);
  });

  it('leaves poison alone, unless it is told to put it back as it is', async () => {
    const number = await bury({ callId, nonsense: true });
    const screen = await dlq('replay', number);
    expect(screen.failed).toBe(true);
    expect(screen.lines[0]).toMatch(/left alone: this version cannot read it \(.*--raw puts it back as it is/);
    expect((await dlq('replay', number, '--raw')).failed).toBe(false);
    expect((await stored())?.data).toEqual({ callId, nonsense: true });
  });

  it('discards by number, and by filter only when that is confirmed', async () => {
    const number = await bury();
    const filters = ['--all', '--call', callId];
    await expect(dlq('discard', ...filters)).rejects.toThrow('1 letters fit');
    expect((await dlq('discard', ...filters, '--dry-run')).lines[0]).toBe(`${number} would be discarded`);
    expect((await dlq('discard', ...filters, '--yes')).lines).toEqual([`${number} discarded`, '1 of 1 done.']);
    expect((await dlq('list', '--call', callId)).text).toMatch(/fits\.$/);
  });

  it.each([
    [['show', 'x'], 'Not the number of a letter: x'],
    [['replay', '99999'], 'There is no dead letter 99999'],
    [['replay'], 'Which letters?'],
    [['replay', '1', '--all'], 'not both'],
    [['list', '--since', 'yesterday'], '--since must be a time'],
    [['list', '--limit', '0'], '--limit must be'],
  ])('refuses %j with words that help', async (args, text) => {
    await expect(dlq(...args)).rejects.toThrow(text);
  });
});

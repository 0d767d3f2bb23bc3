import { callToken, Streams, Subjects, toolCallKey } from '@interject/contracts';
import type { StreamName } from '@interject/contracts';
import type { StoredMessage } from '@interject/messaging';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnreadCalls } from './unread-calls.js';

let unread: UnreadCalls;
let sequence: number;

const settled = (closed: Record<string, number> = {}, ended: string[] = []) => ({
  closedBeforeOf: (token: string) => closed[token] ?? 0,
  isEnded: (id: string) => ended.includes(id),
});

function take(stream: StreamName, subject: string, data: object = {}): void {
  sequence += 1;
  const message: StoredMessage = {
    subject,
    sequence,
    storedAt: sequence,
    headers: {},
    data: Buffer.from(JSON.stringify(data)),
  };
  const start = { toolCalls: sequence, callEvents: sequence, utterances: 1 };
  const index = sequence;
  unread.take(stream, message, () => ({ start, index }));
}
const event = (callId: string, name: Parameters<typeof Subjects.callEvent>[2], key?: string): void => {
  take(Streams.CallEvents, Subjects.callEvent(3, callToken(callId), name, key));
};
const toolCall = (callId: string, id: string): void => {
  take(Streams.ToolCalls, Subjects.toolCall('report', 3, toolCallKey(callId, id)), { callId });
};
const floor = (callId: string): void => {
  take(Streams.Floor, Subjects.floor(3, callToken(callId)));
};
function assign(): string[] {
  const asked: string[] = [];
  unread.assignToolCalls(
    ({ data }) => {
      asked.push(data);
      return (JSON.parse(data) as { callId: string }).callId;
    },
    () => true,
  );
  return asked;
}

describe('UnreadCalls', () => {
  beforeEach(() => {
    unread = new UnreadCalls();
    sequence = 0;
  });

  it('leaves out a call that was closed, with its tool calls, without a look into them', () => {
    event('over', 'status');
    toolCall('over', 'tc');
    event('over', 'result', toolCallKey('over', 'tc'));
    event('over', 'ended');
    floor('over');
    event('live', 'status');
    expect(unread.dropClosed(settled({ [callToken('over')]: 5 }))).toHaveLength(1);
    expect(assign()).toEqual([]);
    expect(unread.size).toBe(1);
  });

  it('keeps a call to which something came after it was closed', () => {
    event('over', 'ended');
    event('over', 'result', toolCallKey('over', 'late'));
    unread.dropClosed(settled({ [callToken('over')]: 2 }));
    expect(unread.remove(callToken('over'))?.facts).toHaveLength(2);
  });

  it('gives tool calls to their calls, with an earlier start if need be', () => {
    toolCall('a', '1');
    event('a', 'status');
    assign();
    const call = unread.remove(callToken('a'));
    expect(call?.facts.map(({ stream }) => stream)).toEqual([Streams.CallEvents, Streams.ToolCalls]);
    expect(call).toMatchObject({ index: 1, start: { toolCalls: 1, callEvents: 1 } });
  });

  it('gives as many as there is time for, and goes on later', () => {
    for (let i = 0; i < 3; i += 1) toolCall('a', String(i));
    let left = 2;
    const callIdOf = (): string => 'a';
    expect(unread.assignToolCalls(callIdOf, () => left-- > 0)).toBe(false);
    expect(unread.assignToolCalls(callIdOf, () => true)).toBe(true);
    expect(unread.remove(callToken('a'))?.facts).toHaveLength(3);
  });

  it('drops what shows nothing but speech, or a wish to cancel', () => {
    floor('ghost');
    event('another', 'cancel-requested', 'k');
    event('a', 'undelivered', 'k');
    unread.dropGhosts();
    expect(unread.size).toBe(0);
  });

  it('puts those first that wait for something to be said', () => {
    event('quiet', 'status');
    event('done', 'result', 'k1');
    event('waiting', 'announcement', 'k2');
    expect(unread.order(settled({}, ['k1']))).toEqual(['waiting', 'quiet', 'done'].map(callToken));
  });

  it('takes a carried call for one that lives, with what was read of it since', () => {
    floor('old');
    const start = { toolCalls: 1, callEvents: 1, utterances: 1 };
    const status = {
      stream: Streams.CallEvents,
      subject: Subjects.callEvent(3, callToken('old'), 'status'),
      sequence: 0,
      storedAt: 0,
      data: '{}',
    };
    unread.carry(callToken('old'), [status], start);
    unread.dropGhosts();
    expect(unread.remove(callToken('old'))).toMatchObject({ start, index: -1, facts: [{}, status] });
  });
});

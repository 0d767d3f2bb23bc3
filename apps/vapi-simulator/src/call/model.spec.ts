import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../clock/virtual-clock.js';
import type { AutoReply } from '../scenario/scenario.types.js';
import { AssistantVoice } from '../speech/assistant-voice.js';
import { CallLog } from '../transcript/call-log.js';
import { Model } from './model.js';

const TIMING = { renderMs: 350, characterMs: 50, minimumMs: 600 };
const REPLY: AutoReply = { latencyMs: { min: 900, max: 900 }, texts: ['I see.', 'Really?'], seed: 1 };

describe('Model', () => {
  let clock: VirtualClock;
  let log: CallLog;
  let assistant: AssistantVoice;
  let said: string[];
  let isOnTheLine: boolean;

  beforeEach(() => {
    clock = new VirtualClock();
    log = new CallLog(1, clock);
    said = [];
    isOnTheLine = true;
    assistant = new AssistantVoice(clock, TIMING, {
      accepted: () => undefined,
      started: ({ source, text }) => said.push(`${clock.nowMs()} ${source} ${text}`),
      stopped: () => undefined,
    });
  });

  function model(autoReply?: AutoReply): Model {
    const line = (): boolean => isOnTheLine;
    return new Model({ clock, log, assistant, latencyMs: 500, autoReply, callNumber: 1, isOnTheLine: line });
  }

  const callerSpoke = (): void => log.record({ type: 'caller-stopped', text: 'x' });
  const callerSpeaks = (): void => log.record({ type: 'caller-started', text: 'x' });

  it('answers the caller after its latency, with its texts in turn', async () => {
    model(REPLY);
    callerSpoke();
    await clock.advance(5_000);
    callerSpoke();
    await clock.advance(5_000);
    expect(said).toEqual(['1250 model I see.', '6250 model Really?']);
  });

  it.each([500, 1_000])('says nothing when the caller goes on after %i ms', async (pauseMs) => {
    model(REPLY);
    callerSpoke();
    await clock.advance(pauseMs);
    callerSpeaks();
    await clock.advance(5_000);
    expect(said).toEqual([]);
  });

  it('lets injected speech wait behind its reply', async () => {
    model(REPLY);
    callerSpoke();
    await clock.advance(1_000);
    assistant.say({ text: 'ours', source: 'say', interruptible: true, replacesCurrent: false, lateMs: 0 });
    await clock.advance(5_000);
    expect(said).toEqual(['1250 model I see.', '2200 say ours']);
  });

  it('answers a message, and an empty answer is none', async () => {
    const some = model();
    some.replyWith(' By the way. ', 'triggered-reply');
    some.replyWith(' ', 'triggered-reply');
    await clock.advance(3_000);
    expect(said).toEqual(['850 triggered-reply By the way.']);
  });

  it('is silent where nobody would hear it, and after the end', async () => {
    const some = model(REPLY);
    isOnTheLine = false;
    callerSpoke();
    await clock.advance(3_000);
    isOnTheLine = true;
    callerSpoke();
    some.close();
    await clock.advance(3_000);
    expect(said).toEqual([]);
  });
});

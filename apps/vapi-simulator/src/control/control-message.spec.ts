import { describe, expect, it } from '@jest/globals';
import { parseControlMessage } from './control-message.js';

describe('parseControlMessage', () => {
  it('reads say with its defaults and its flags', () => {
    expect(parseControlMessage({ type: 'say', content: 'hi' })).toEqual({
      ok: true,
      message: {
        kind: 'say',
        content: 'hi',
        interruptAssistant: false,
        interruptible: undefined,
        endCallAfterSpoken: false,
      },
    });
    const flags = { interruptAssistantEnabled: true, interruptionsEnabled: false, endCallAfterSpoken: true };
    expect(parseControlMessage({ type: 'say', content: 'hi', ...flags })).toMatchObject({
      message: { interruptAssistant: true, interruptible: false, endCallAfterSpoken: true },
    });
  });

  it('triggers a reply to add-message unless told not to', () => {
    const message = { role: 'system', content: 'fact' };
    expect(parseControlMessage({ type: 'add-message', message })).toMatchObject({ message: { triggers: true } });
    expect(parseControlMessage({ type: 'add-message', message, triggerResponseEnabled: false })).toMatchObject({
      message: { triggers: false, role: 'system', content: 'fact' },
    });
  });

  it.each([
    ['say with the old key', { type: 'say', message: 'hi' }],
    ['say without a text', { type: 'say', content: { text: 'hi' } }],
    ['a flag that is a text', { type: 'say', content: 'hi', endCallAfterSpoken: 'true' }],
    ['add-message with a text only', { type: 'add-message', message: 'hi' }],
    ['an unknown role', { type: 'add-message', message: { role: 'boss', content: 'hi' } }],
    ['an unknown type', { type: 'append-context', content: 'hi' }],
    ['no type', { content: 'hi' }],
    ['a list', []],
    ['no JSON', 'hi'],
  ])('refuses %s', (_what, body) => {
    expect(parseControlMessage(body)).toMatchObject({ ok: false });
  });
});

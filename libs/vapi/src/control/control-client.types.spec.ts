import type { Vapi } from '@vapi-ai/server-sdk';
import { describe, expect, it } from '@jest/globals';
import type { AddMessage, ControlMessage, SayMessage } from './control-client.types.js';

// Compiled by `tsc -b`: an unused @ts-expect-error is an error, so each line proves that the field is refused.

/** Whatever we can send is a message of the SDK's union: a field that Vapi renames breaks the build. */
const asSdkMessage = (message: ControlMessage): Vapi.ClientInboundMessageMessage => message;

describe('the type of what is sent', () => {
  it('knows the fields of Vapi', () => {
    const say: SayMessage = {
      content: 'Your report is ready.',
      endCallAfterSpoken: false,
      interruptAssistantEnabled: false,
      interruptionsEnabled: true,
    };
    const add: AddMessage = {
      message: { role: 'system', content: 'The report is ready.' },
      triggerResponseEnabled: false,
    };
    expect(asSdkMessage({ type: 'say', ...say })).toMatchObject({ type: 'say', content: say.content });
    expect(asSdkMessage({ type: 'add-message', ...add })).toMatchObject({ type: 'add-message' });
  });

  it('refuses others', () => {
    // @ts-expect-error the text is `content`; `message` is what old docs and the web SDK say (VAPI.md 2.3)
    const old: SayMessage = { message: 'Hello.' };
    // @ts-expect-error without content there is nothing to say
    const empty: SayMessage = { interruptAssistantEnabled: true };
    // @ts-expect-error misspelt
    const misspelt: SayMessage = { content: 'Hello.', interuptionsEnabled: true };
    // @ts-expect-error `type` is set by the client
    const typed: SayMessage = { content: 'Hello.', type: 'say' };
    // @ts-expect-error no such role
    const role: AddMessage = { message: { role: 'robot', content: 'Hello.' } };
    // @ts-expect-error a control message that we do not send
    const unknown: ControlMessage = { type: 'append-context', content: 'Hello.' };
    expect([old, empty, misspelt, typed, role, unknown]).toHaveLength(6);
  });
});

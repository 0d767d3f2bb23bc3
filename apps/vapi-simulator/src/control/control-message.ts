import { isJsonObject } from '../scenario/json.types.js';

/** A message for the control URL that Vapi would take (VAPI.md 2.3). */
export type ControlMessage =
  | {
      readonly kind: 'say';
      readonly content: string;
      readonly interruptAssistant: boolean;
      /** Undefined when the sender left it out. */
      readonly interruptible: boolean | undefined;
      readonly endCallAfterSpoken: boolean;
    }
  | { readonly kind: 'add-message'; readonly role: string; readonly content: string; readonly triggers: boolean }
  | { readonly kind: 'end-call' };

export type ControlParse =
  { readonly ok: true; readonly message: ControlMessage } | { readonly ok: false; readonly problem: string };

const ROLES = ['assistant', 'function', 'user', 'system', 'tool'];

/** Reads the body of a control POST; says what is wrong with one that Vapi would refuse. */
export function parseControlMessage(body: unknown): ControlParse {
  if (!isJsonObject(body)) return refuse('the body is not a JSON object');
  switch (body['type']) {
    case 'say':
      return parseSay(body);
    case 'add-message':
      return parseAddMessage(body);
    case 'end-call':
      return { ok: true, message: { kind: 'end-call' } };
    default:
      return refuse('type is none that is known');
  }
}

function parseSay(body: Readonly<Record<string, unknown>>): ControlParse {
  const { content } = body;
  if (typeof content !== 'string') return refuse('say needs content, a text');
  const interruptAssistant = flag(body, 'interruptAssistantEnabled', false);
  const interruptible = flag(body, 'interruptionsEnabled', undefined);
  const endCallAfterSpoken = flag(body, 'endCallAfterSpoken', false);
  if (interruptAssistant === 'bad' || interruptible === 'bad' || endCallAfterSpoken === 'bad') {
    return refuse('say has a flag that is neither true nor false');
  }
  return { ok: true, message: { kind: 'say', content, interruptAssistant, interruptible, endCallAfterSpoken } };
}

function parseAddMessage(body: Readonly<Record<string, unknown>>): ControlParse {
  const { message } = body;
  if (!isJsonObject(message)) return refuse('add-message needs message, an object');
  const { role, content = null } = message;
  if (typeof role !== 'string' || !ROLES.includes(role)) return refuse(`message.role is none of ${ROLES.join(', ')}`);
  if (typeof content !== 'string' && content !== null) return refuse('message.content is not a text');
  const triggers = flag(body, 'triggerResponseEnabled', true);
  if (triggers === 'bad') return refuse('triggerResponseEnabled is neither true nor false');
  return { ok: true, message: { kind: 'add-message', role, content: content ?? '', triggers } };
}

function flag<T>(body: Readonly<Record<string, unknown>>, key: string, otherwise: T): boolean | T | 'bad' {
  const value = body[key];
  if (value === undefined) return otherwise;
  return typeof value === 'boolean' ? value : 'bad';
}

function refuse(problem: string): ControlParse {
  return { ok: false, problem };
}

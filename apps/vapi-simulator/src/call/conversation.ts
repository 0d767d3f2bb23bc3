import type { JsonObject } from '../scenario/json.types.js';

type Role = 'user' | 'bot' | 'system' | 'tool_calls' | 'tool_call_result';

interface Turn {
  readonly role: Role;
  readonly text: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly extra: JsonObject;
}

const OPENAI_ROLES: Readonly<Record<Role, string>> = {
  user: 'user',
  bot: 'assistant',
  system: 'system',
  tool_calls: 'assistant',
  tool_call_result: 'tool',
};

/** The talk so far, in the two forms every webhook echoes: it makes the bodies grow with the call (VAPI.md 1.7). */
export class Conversation {
  private readonly turns: Turn[] = [];

  constructor(
    private readonly prompt: string,
    private readonly epochOriginMs: number,
  ) {}

  /** What the assistant says in one go becomes one turn, whoever gave it the words (VAPI.md 2.4). */
  add(role: Role, text: string, atMs: number, durationMs = 0, extra: JsonObject = {}): void {
    const last = this.turns.at(-1);
    if (role === 'bot' && last?.role === 'bot') {
      const merged = { ...last, text: `${last.text} ${text}`, durationMs: atMs + durationMs - last.atMs };
      this.turns[this.turns.length - 1] = merged;
      return;
    }
    this.turns.push({ role, text, atMs, durationMs, extra });
  }

  /** `artifact.messages`: times are ms since 1970 and not integers, durations ms whatever the schema says. */
  messages(): readonly JsonObject[] {
    const system = { role: 'system', message: this.prompt, time: this.epochOriginMs, secondsFromStart: 0 };
    const turns = this.turns.map(({ role, text, atMs, durationMs, extra }) => ({
      role,
      message: text,
      time: this.epochOriginMs + atMs + 0.001,
      endTime: this.epochOriginMs + atMs + durationMs,
      secondsFromStart: atMs / 1_000,
      duration: durationMs,
      ...extra,
    }));
    return [system, ...turns];
  }

  /** `artifact.messagesOpenAIFormatted`. */
  openAiMessages(): readonly JsonObject[] {
    const turns = this.turns.map(({ role, text, extra }) => ({ role: OPENAI_ROLES[role], content: text, ...extra }));
    return [{ role: 'system', content: this.prompt }, ...turns];
  }

  /** The flat transcript of the end-of-call report. */
  transcript(): string {
    return this.turns
      .filter((turn) => turn.role === 'user' || turn.role === 'bot')
      .map((turn) => `${turn.role === 'user' ? 'User' : 'AI'}: ${turn.text}`)
      .join('\n');
  }
}

/** How said text stands in the history: transcribed again, so in lower case and without punctuation (VAPI.md 2.4). */
export function retranscribe(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s']/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

import { setTimeout as sleep } from 'node:timers/promises';

export type Role = 'user' | 'assistant';

/** Tells Vapi's listeners that somebody began or ceased to speak. */
export type Announce = (role: Role, status: 'started' | 'stopped') => void;

/** From an accepted `say` to the first sound (VAPI.md 2.4), sped up like everything of these calls. */
const RENDER_MS = 70;
/** Speaking time of a character, sped up alike: the same that the notifier is told. */
const CHARACTER_MS = 13;

/** The caller lets the assistant finish: begun at once it would look like a cut. */
const POLITE_MS = 150;

/** Who speaks in one call: the assistant says what it is given one after the other, the caller never cuts in. */
export class Voice {
  private assistant: Promise<void> = Promise.resolve();
  private waiting = 0;
  private isOver = false;

  constructor(private readonly announce: Announce) {}

  /** The assistant says it when it has said all before. It does not wait for the caller: Vapi does not either. */
  say(text: string, onBegun: () => void = () => undefined, onOver: () => void = () => undefined): void {
    this.waiting += 1;
    this.assistant = this.assistant.then(async () => {
      await sleep(RENDER_MS);
      if (!this.isOver) {
        onBegun();
        this.announce('assistant', 'started');
        await sleep(text.length * CHARACTER_MS);
        if (!this.isOver) {
          onOver();
          this.announce('assistant', 'stopped');
        }
      }
      this.waiting -= 1;
    });
  }

  /** The caller speaks soon after the assistant has ceased to. Resolves when both are silent. */
  async callerSpeaks(ms: number): Promise<void> {
    do {
      await this.assistant;
      await sleep(POLITE_MS);
    } while (this.waiting > 0 && !this.isOver);
    if (this.isOver) return;
    this.announce('user', 'started');
    await sleep(ms);
    if (!this.isOver) this.announce('user', 'stopped');
  }

  /** The call is over: nobody says anything any more. */
  end(): void {
    this.isOver = true;
  }
}

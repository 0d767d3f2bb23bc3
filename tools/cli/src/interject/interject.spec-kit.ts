import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { MuteKeys, Subjects } from '@interject/contracts';
import type { LiveCall, PartitionState } from '@interject/contracts';
import type { NatsAccess } from '@interject/messaging';
import type { MessagingKit } from '@interject/messaging/testing';
import { SystemClock } from '@interject/observability';
import type { Terminal } from '../terminal.js';
import type { CallState } from './call-state.types.js';
import { interjectCommand } from './interject.command.js';

/** What a person sees. */
export class Screen implements Terminal {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  failed = false;
  out(line: string): void {
    this.lines.push(line);
  }
  error(line: string): void {
    this.errors.push(line);
  }
  fail(): void {
    this.failed = true;
  }
  get text(): string {
    return [...this.lines, ...this.errors].join('\n');
  }
}

/** Runs one command against a server. @throws what ended it */
export async function run(
  natsUrl: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  screen = new Screen(),
  access?: NatsAccess,
): Promise<Screen> {
  const command = interjectCommand({ natsUrl, access, env, terminal: screen, clock: new SystemClock() });
  const each: Command[] = [command, ...command.commands];
  for (const one of each) {
    one.exitOverride().configureOutput({
      writeOut: (text) => {
        screen.out(text);
      },
      writeErr: (text) => {
        screen.error(text);
      },
    });
  }
  await command.parseAsync([...args], { from: 'user' }).catch((error: unknown) => {
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  });
  return screen;
}

/** Answers for all partitions as a notifier would, with what it is given. */
export class PlayedNotifier {
  readonly calls = new Map<string, CallState>();
  /** Ids of utterances that were asked a place for. */
  readonly admitted: string[] = [];
  admission = 'admitted';
  /** Appends a batch to the log of a partition. */
  renewLog: (partition: number) => void = () => undefined;
  private readonly stops: (() => Promise<void>)[] = [];
  private isAllMuted = false;
  private mutedCalls: readonly string[] = [];

  static async start(kit: MessagingKit): Promise<PlayedNotifier> {
    const notifier = new PlayedNotifier();
    const watch = await kit.kv.bucket('settings').watch({
      onEntry: ({ key, value, deleted }) => {
        notifier.note(key, deleted ? undefined : Buffer.from(value).toString());
      },
    });
    notifier.stops.push(() => watch.stop());
    for (let partition = 0; partition < kit.publisher.events.partitions; partition += 1) {
      const responder = await kit.core.respond(Subjects.callsQuery(partition), (data) =>
        JSON.stringify(notifier.answer(partition, JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>)),
      );
      notifier.stops.push(() => responder.stop());
    }
    return notifier;
  }

  async stop(): Promise<void> {
    await Promise.all(this.stops.splice(0).map((stop) => stop()));
  }

  private note(key: string, value: string | undefined): void {
    if (key === MuteKeys.all) this.isAllMuted = value !== undefined;
    if (key !== MuteKeys.calls) return;
    const { calls } = JSON.parse(value ?? '{"calls":[]}') as { readonly calls: readonly { readonly callId: string }[] };
    this.mutedCalls = calls.map(({ callId }) => callId);
  }

  private isMuted(callId: string): boolean {
    return this.isAllMuted || this.mutedCalls.includes(callId);
  }

  private answer(partition: number, question: Record<string, unknown>): unknown {
    if ('list' in question) return this.overview(partition, question);
    const state = this.calls.get(String(question['callId']));
    if (state === undefined) return { found: false };
    const { admit } = question;
    if (typeof admit === 'string') this.admitted.push(admit);
    return {
      ...state,
      ...(this.isMuted(state.callId) ? { isMuted: true } : {}),
      ...(admit === undefined ? {} : { admission: this.admission }),
    };
  }

  private overview(partition: number, { list, renewsLog }: Record<string, unknown>): PartitionState {
    if (renewsLog === true) this.renewLog(partition);
    const states = partition === 0 ? [...this.calls.values()] : [];
    const calls = states.map(({ callId, since = 0 }): LiveCall => ({
      callId,
      status: 'in-progress',
      since,
      floor: 'nobody',
      pendingToolCalls: 1,
      waitingUtterances: 2,
      waitsFor: 'caller-speaks',
      isMuted: this.isMuted(callId),
    }));
    return {
      partition,
      calls: list === 0 ? [] : calls.slice(-Number(list)),
      total: states.length,
      mute: { all: this.isAllMuted, calls: this.mutedCalls.length },
    };
  }
}

/** A live call without anything in it. */
export function liveCall(callId: string, over: Partial<CallState> = {}): CallState {
  const since = Date.now() - 61_000;
  return { found: true, callId, status: 'in-progress', since, floor: 'nobody', toolCalls: [], utterances: [], ...over };
}

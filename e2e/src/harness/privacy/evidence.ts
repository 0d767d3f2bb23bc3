import type { InspectedMessage } from '@interject/testing';
import type { InterjectSystem } from '../interject-system.js';
import { expectNoLeaks } from './leaks.js';
import type { Printed } from './leaks.js';
import { LogLines } from './log-lines.js';
import { PrivateValues } from './private-values.js';
import { ROOT } from '../service-process.js';

/** What is read of a stream, the newest: a suite that stores more says the same of all of it. */
const MOST_MESSAGES = 1500;
/** What these hold is read by workers, or shown: no secret and no control URL is in it. */
const SHARED_STREAMS = ['TOOL_CALLS', 'CALL_EVENTS', 'FLOOR', 'UTTERANCES', 'DEAD_LETTERS'];

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a run has shown to people who may not know what callers say: logs, metrics, subjects and headers. And what was private
 * in it: secrets of the configuration, and what the streams hold of arguments, results and speech.
 */
export class RunEvidence {
  private readonly printed: Printed[] = [];
  /** Read by services: may hold what callers say, but nothing else that is private. */
  private readonly stored: Printed[] = [];

  /** @param values that are known from the outside, e.g. what a scenario says */
  constructor(private readonly values: PrivateValues = new PrivateValues()) {}

  /** Before the services stop. @throws Error when NATS does not answer */
  async collect(system: InterjectSystem): Promise<void> {
    for (const [key, service] of system.services) {
      this.values.addSecrets(service.env);
      // One that was killed has no page.
      const page = service.pid === undefined ? undefined : await service.metrics().catch(() => undefined);
      if (page !== undefined) this.printed.push({ where: `metrics of ${key}`, text: page });
    }
    for (const scenario of system.simulator.scenarios) this.readScenario(fieldsOf(scenario));
    for (const url of system.backend.callbackUrls.values())
      this.values.add('secret', url.split('/callbacks/')[1] ?? url);
    const { inspector } = system;
    for (const stream of await inspector.streamNames()) {
      const subjects = await inspector.subjects(stream);
      this.printed.push({ where: `subjects of ${stream}`, text: subjects.join('\n') });
    }
    for (const stream of SHARED_STREAMS) this.read(stream, await inspector.newest(stream, MOST_MESSAGES));
  }

  /** After the services have stopped. @throws Error that tells of everything that is wrong */
  check(system: InterjectSystem): void {
    const lines = LogLines.of(ROOT);
    const logs = [...system.services].map(([key, { output }]) => ({ where: `log of ${key}`, text: output }));
    const bad = logs.flatMap(({ where, text }) =>
      lines.bad(text).map(({ why, line }) => `${why} in the ${where}: ${line}`),
    );
    if (bad.length > 0) throw new Error(`Lines of logs are not as they should be:\n${bad.join('\n')}`);
    const { all } = this.values;
    expectNoLeaks([...logs, ...this.printed], all);
    expectNoSecretsIn(this.stored, all);
  }

  /** What caller and assistant say is in every webhook, as the call's transcript. */
  private readScenario(scenario: Fields): void {
    const steps = Array.isArray(scenario['steps']) ? scenario['steps'].map(fieldsOf) : [];
    for (const { caller, assistant, toolCalls } of steps) {
      this.values.addTexts('speech', [caller, assistant]);
      const asked = Array.isArray(toolCalls) ? toolCalls.map((each) => fieldsOf(each)['arguments']) : [];
      this.values.addTexts('argument', asked);
    }
  }

  private read(stream: string, messages: readonly InspectedMessage[]): void {
    const headers = messages.flatMap((message) => Object.values(message.headers));
    this.printed.push({ where: `headers of ${stream}`, text: headers.join('\n') });
    this.stored.push({
      where: `messages of ${stream}`,
      text: messages.map(({ data }) => JSON.stringify(data)).join('\n'),
    });
    if (stream === 'DEAD_LETTERS') return;
    for (const { data } of messages) {
      const { arguments: asked, data: result, text } = fieldsOf(data);
      this.values.addTexts('argument', asked);
      this.values.addTexts('result', result);
      this.values.addTexts('speech', text);
    }
  }
}

/** Of stored messages: what a caller says is theirs to hold, phone numbers in arguments too. */
function expectNoSecretsIn(stored: readonly Printed[], values: PrivateValues['all']): void {
  const secrets = values.filter(({ kind }) => kind === 'secret' || kind === 'control URL');
  const numberless = stored.map(({ where, text }) => ({ where, text: text.replace(/\+\d/g, '') }));
  expectNoLeaks(numberless, secrets);
}

function fieldsOf(data: unknown): Fields {
  return typeof data === 'object' && data !== null ? (data as Fields) : {};
}

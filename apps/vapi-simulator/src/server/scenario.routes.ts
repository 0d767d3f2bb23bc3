import type { FastifyInstance, FastifyReply } from 'fastify';
import { isRunError } from '../run/run.errors.js';
import { summarise, summaryLines } from '../run/run-summary.js';
import { runScenario, type RunOptions } from '../run/scenario-run.js';
import { isScenarioError } from '../scenario/scenario.errors.js';
import { timeline } from '../transcript/timeline.js';
import { ScenarioSource, type Override } from '../scenario/scenario-source.js';

interface ScenarioQuery {
  /** The file's name, for messages. */
  readonly file?: string;
  readonly timeFactor?: string;
  /** `key=value`, any number of times. */
  readonly set?: string | readonly string[];
  /** `timeline`: a table of each call at its end, instead of each event as it happens. */
  readonly view?: string;
  /** `true`: the last line holds all events. */
  readonly events?: string;
}

/** What a run needs besides the request. */
export type RunDefaults = Omit<RunOptions, 'timeFactor' | 'onLine' | 'signal'>;

/**
 * `POST /scenarios`: a YAML body is played at once. The answer streams the transcript; its last line is JSON, a verdict
 * or an error. A scenario that cannot be played at all gets 400, or 502 when there is no gateway.
 */
export function registerScenarioRoutes(app: FastifyInstance, defaults: () => RunDefaults, stop: AbortSignal): void {
  app.post<{ Querystring: ScenarioQuery }>('/scenarios', async (request, reply) => {
    const { body, query } = request;
    if (typeof body !== 'string') return reply.code(415).send(failure('not-yaml', 'send the scenario as YAML text'));
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    const write = lineWriter(reply);
    try {
      const source = new ScenarioSource(query.file ?? 'scenario', body, readOverrides(query.set));
      const report = await runScenario(source, {
        ...defaults(),
        timeFactor: readTimeFactor(query.timeFactor),
        onLine: query.view === 'timeline' ? () => undefined : write,
        signal: AbortSignal.any([stop, gone.signal]),
      });
      if (query.view === 'timeline') report.calls.flatMap((call) => [...timeline(call.events), '']).forEach(write);
      for (const line of summaryLines(report)) write(line);
      write(JSON.stringify(summarise(report, query.events === 'true')));
      reply.raw.end();
    } catch (error) {
      return refuse(reply, error);
    }
    return reply;
  });
}

/** The head is only sent with the first line: until then a refusal can still have a status of its own. */
function lineWriter(reply: FastifyReply): (line: string) => void {
  return (line) => {
    if (!reply.raw.headersSent) {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    }
    if (!reply.raw.destroyed) reply.raw.write(`${line}\n`);
  };
}

function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  const known = isScenarioError(error) || isRunError(error);
  const body = known ? failure(error.code, error.message) : failure('internal', 'the simulator failed');
  if (reply.raw.headersSent) {
    reply.raw.end(`${JSON.stringify(body)}\n`);
    return reply;
  }
  if (!known) throw error;
  return reply.code(isScenarioError(error) ? 400 : 502).send(body);
}

function failure(code: string, message: string): object {
  return { type: 'error', code, message };
}

function readOverrides(set: ScenarioQuery['set']): readonly Override[] {
  const pairs = set === undefined ? [] : typeof set === 'string' ? [set] : set;
  return pairs.map((pair) => {
    const split = pair.indexOf('=');
    return split < 0 ? { key: pair, value: '' } : { key: pair.slice(0, split), value: pair.slice(split + 1) };
  });
}

function readTimeFactor(text: string | undefined): number | undefined {
  const factor = Number(text);
  return text !== undefined && factor >= 0.01 && factor <= 1_000 ? factor : undefined;
}

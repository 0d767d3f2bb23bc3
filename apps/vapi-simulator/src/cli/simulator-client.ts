import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import { RunError } from '../run/run.errors.js';
import type { RunSummary } from '../run/run.types.js';
import type { Override } from '../scenario/scenario-source.js';
import { isJsonObject } from '../scenario/json.types.js';
import { SERVICE_NAME } from '../server/simulator-server.js';

/** A scenario for a simulator. */
export interface Submission {
  readonly file: string;
  readonly text: string;
  readonly timeFactor: number | undefined;
  readonly overrides: readonly Override[];
  /** Whether a table comes at the end, instead of each event as it happens. */
  readonly timeline: boolean;
  /** Whether the summary holds all events. */
  readonly withEvents: boolean;
}

/** The simulator refused the scenario, or lost it on the way; the message is meant for the user. */
export class RefusedError extends Error {
  readonly code = 'refused';
  readonly retryable = false;
}

/** Speaks with a simulator that runs as a server. */
export class SimulatorClient {
  constructor(private readonly origin: string) {}

  /**
   * Whether a simulator listens there.
   * @throws RunError `port-taken` when something else does
   */
  async isUp(): Promise<boolean> {
    try {
      const { body } = await request(`${this.origin}/health`, { headersTimeout: 5_000, bodyTimeout: 5_000 });
      const answer: unknown = await body.json().catch(() => undefined);
      if (isJsonObject(answer) && answer['service'] === SERVICE_NAME) return true;
    } catch (error) {
      if (error instanceof Error && Reflect.get(error, 'code') === 'ECONNREFUSED') return false;
    }
    const message = `something else than the simulator listens at ${this.origin}: free the port or set SIMULATOR_PORT`;
    throw new RunError('port-taken', message, false);
  }

  /**
   * Has a scenario played and hands over its transcript line by line.
   * @throws RefusedError
   */
  async submit(submission: Submission, onLine: (line: string) => void, signal: AbortSignal): Promise<RunSummary> {
    // A call may be silent for minutes: no time limit on the stream.
    const dispatcher = new Agent({ bodyTimeout: 0, headersTimeout: 0 });
    try {
      const { body, statusCode } = await request(`${this.origin}/scenarios?${queryOf(submission).toString()}`, {
        method: 'POST',
        headers: { 'content-type': 'application/yaml' },
        body: submission.text,
        dispatcher,
        signal,
      });
      if (statusCode !== 200) throw new RefusedError(messageOf(await body.json().catch(() => undefined)));
      let pending: string | undefined;
      for await (const line of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
        if (pending !== undefined) onLine(pending);
        pending = line;
      }
      return readSummary(pending);
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      throw new RefusedError(`the simulator at ${this.origin} broke off: look at its output`, { cause: error });
    } finally {
      await dispatcher.destroy();
    }
  }
}

function queryOf({ file, timeFactor, overrides, timeline, withEvents }: Submission): URLSearchParams {
  const query = new URLSearchParams({ file });
  if (timeFactor !== undefined) query.set('timeFactor', String(timeFactor));
  for (const { key, value } of overrides) query.append('set', `${key}=${value}`);
  if (timeline) query.set('view', 'timeline');
  if (withEvents) query.set('events', 'true');
  return query;
}

function readSummary(line: string | undefined): RunSummary {
  const last: unknown = line?.startsWith('{') === true ? JSON.parse(line) : undefined;
  if (isJsonObject(last) && last['type'] === 'verdict') return last as unknown as RunSummary;
  throw new RefusedError(messageOf(last));
}

function messageOf(answer: unknown): string {
  const message: unknown = isJsonObject(answer) ? answer['message'] : undefined;
  return typeof message === 'string' ? message : 'the simulator ended the call without a verdict: look at its output';
}

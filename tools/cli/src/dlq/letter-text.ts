import type { DeadLetter } from '@interject/messaging';
import { table } from '../table.js';
import { callIdOf, letterContent, toolOf } from './letter-content.js';

/** A letter as `--json` prints it; what it holds only on request, since that is private. */
export function letterJson(letter: DeadLetter, withData: boolean): Record<string, unknown> {
  const { data, headers, storedAt, ...facts } = letter;
  const content = letterContent(letter);
  const tool = toolOf(letter);
  const callId = callIdOf(content);
  return {
    ...facts,
    storedAt: new Date(storedAt).toISOString(),
    ...(tool === undefined ? {} : { tool }),
    ...(content.kind === 'call-event' ? { event: content.event } : {}),
    ...(callId === undefined ? {} : { callId }),
    ...(content.kind === 'tool-call' ? { toolCallId: content.request.toolCallId } : {}),
    ...(content.kind === 'unreadable' ? { problems: content.problems } : {}),
    bytes: data.length,
    headers,
    ...(withData ? { data: Buffer.from(data).toString('utf8') } : {}),
  };
}

/** Letters as a table, one line each. */
export function letterTable(letters: readonly DeadLetter[]): string {
  const rows = letters.map((letter) => {
    const content = letterContent(letter);
    const what = toolOf(letter) ?? (content.kind === 'call-event' ? content.event : '-');
    const time = new Date(letter.storedAt).toISOString().replace('T', ' ').slice(0, 19);
    return [String(letter.sequence), time, letter.stream, what, letter.reason, letter.consumer];
  });
  return table(['LETTER', 'SINCE (UTC)', 'STREAM', 'TOOL OR EVENT', 'REASON', 'GIVEN UP BY'], rows);
}

/** A letter in full, a line for each fact. */
export function letterDetails(letter: DeadLetter, withData: boolean): string {
  const { headers, data, problems, ...facts } = letterJson(letter, withData);
  const lines = Object.entries(facts).map(([name, value]) => `${name.padEnd(18)}${String(value)}`);
  const wrong = Array.isArray(problems) ? problems.map((problem) => `problem           ${String(problem)}`) : [];
  const head = Object.entries(headers as Record<string, string>).map(([name, value]) => `  ${name}: ${value}`);
  const body = typeof data === 'string' ? ['data:', data] : ['The data is private: --data shows it.'];
  return [...lines, ...wrong, 'headers:', ...head, ...body].join('\n');
}

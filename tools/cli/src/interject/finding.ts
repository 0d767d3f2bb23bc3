import type { Terminal } from '../terminal.js';

/** `fail`: callers suffer from it, or will; `warn`: somebody should know. */
export type Level = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface Finding {
  readonly level: Level;
  readonly what: string;
  /** What was found. */
  readonly text: string;
  /** What to do about it; for all that is not ok. */
  readonly advice?: string;
}

const NAME_WIDTH = 18;

export function ok(what: string, text: string): Finding {
  return { level: 'ok', what, text };
}

export function warn(what: string, text: string, advice: string): Finding {
  return { level: 'warn', what, text, advice };
}

export function fail(what: string, text: string, advice: string): Finding {
  return { level: 'fail', what, text, advice };
}

export interface ReportOptions {
  readonly json?: boolean;
  /** Warnings count. */
  readonly strict?: boolean;
}

/** Prints findings, each in a line with what to do below it, and decides the exit code. */
export function report(findings: readonly Finding[], { json, strict }: ReportOptions, terminal: Terminal): void {
  const isBad = ({ level }: Finding): boolean => level === 'fail' || (strict === true && level === 'warn');
  const bad = findings.filter(isBad).length;
  if (bad > 0) terminal.fail();
  if (json === true) {
    terminal.out(JSON.stringify({ ok: bad === 0, findings }, undefined, 2));
    return;
  }
  for (const { level, what, text, advice } of findings) {
    terminal.out(`${level.padEnd(5)} ${what.padEnd(NAME_WIDTH)} ${text}`);
    if (advice !== undefined) terminal.out(`${' '.repeat(NAME_WIDTH + 7)}-> ${advice}`);
  }
  const warnings = findings.filter(({ level }) => level === 'warn').length;
  terminal.out(`${String(findings.length)} looked at, ${String(warnings)} warnings, ${String(bad)} wrong.`);
}

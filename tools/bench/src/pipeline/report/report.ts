import { alignedLines } from '../../speech/report/table.js';
import type { LoadFigures, SystemRun } from '../measure/figures.types.js';
import { BASE_SYSTEM } from '../systems/systems.js';
import { largest, loadAt, medianFigure, medianRatio, serviceCpuUs, sustainedRate } from './ratios.js';
import type { Figure, Round } from './ratios.js';

type LoadFigure = (load: LoadFigures) => number | undefined;

/** Several lines: a row for each figure, a column for each system; `x` is the ratio to the floor. */
export function pipelineTable(
  rounds: readonly Round[],
  systems: readonly string[],
  rates: readonly number[],
): string[] {
  const head = ['', ...systems];
  const rows: string[][] = [];
  const cell = (system: string, figure: Figure, digits: number): string => {
    const value = medianFigure(rounds, system, figure);
    if (value === undefined) return '-';
    const ratio = system === BASE_SYSTEM ? undefined : medianRatio(rounds, system, BASE_SYSTEM, figure);
    return `${value.toFixed(digits)}${ratio === undefined ? '' : ` (${ratio.toFixed(2)} x)`}`;
  };
  const row = (title: string, figure: Figure, digits = 0): void => {
    if (systems.some((system) => medianFigure(rounds, system, figure) !== undefined)) {
      rows.push([title, ...systems.map((system) => cell(system, figure, digits))]);
    }
  };
  row('highest sustained rate, 1/s', sustainedRate);
  for (const rate of rates) {
    rows.push([`${String(rate)} tool calls a second`, ...systems.map(() => '')]);
    loadRows(rounds, (title, figure, digits) => row(title, onLoad(rate, figure), digits));
  }
  const flooded = rounds.flat().find(({ flood }) => flood !== undefined)?.flood;
  if (flooded !== undefined) {
    rows.push([`${String(flooded.rate)} a second under a flood of speech updates`, ...systems.map(() => '')]);
    loadRows(rounds, (title, figure, digits) =>
      row(title, ({ flood }) => (flood === undefined ? undefined : figure(flood)), digits),
    );
  }
  return alignedLines([head, ...rows, ...memoryRows(rounds, systems)]);
}

function loadRows(rounds: readonly Round[], row: (title: string, figure: LoadFigure, digits?: number) => void): void {
  row('  webhook acknowledged p50, ms', ({ acknowledgement }) => acknowledgement.p50, 2);
  row('  webhook acknowledged p99, ms', ({ acknowledgement }) => acknowledgement.p99, 2);
  row('  webhook to POST p50, ms', ({ post }) => post.p50, 2);
  row('  webhook to POST p99, ms', ({ post }) => post.p99, 2);
  row('  CPU gateway + worker + notifier, us', serviceCpuUs);
  for (const role of rolesOf(rounds)) row(`    ${role}`, ({ cpuUs }) => cpuUs[role]);
  row('  webhooks not answered 200', ({ refused }) => refused);
  row('  tool calls without a POST', ({ unsaid }) => unsaid);
  row('  POSTs beyond the first', ({ repeats }) => repeats);
  row('  sent late by the load process p99, ms', ({ sendDelayP99 }) => sendDelayP99, 2);
}

function memoryRows(rounds: readonly Round[], systems: readonly string[]): string[][] {
  const rowOf = (title: string, figure: Figure, digits: number): string[] => [
    title,
    ...systems.map((system) => largest(rounds, system, figure)?.toFixed(digits) ?? '-'),
  ];
  const rss = rolesOf(rounds).map((role) => rowOf(`  ${role}`, (run) => rssOf(run, role), 0));
  const idle = rolesOf(rounds).map((role) => rowOf(`  ${role}`, ({ idleCpu }) => idleCpu[role], 1));
  return [
    ['RSS after the load, MB', ...systems.map(() => '')],
    ...rss,
    ['CPU when idle, ms/s', ...systems.map(() => '')],
    ...idle,
  ];
}

function onLoad(rate: number, figure: LoadFigure): Figure {
  return (run) => {
    const load = loadAt(run, rate);
    return load === undefined ? undefined : figure(load);
  };
}

function rssOf({ loads, flood }: SystemRun, role: string): number | undefined {
  const last = flood ?? loads.at(-1);
  const bytes = last?.rssBytes[role];
  return bytes === undefined ? undefined : bytes / 2 ** 20;
}

function rolesOf(rounds: readonly Round[]): readonly string[] {
  return [...new Set(rounds.flat().flatMap(({ idleCpu }) => Object.keys(idleCpu)))];
}

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Environment } from '@interject/runtime';
import { parseDocument } from 'yaml';
import type { FileProblem } from './file-problem.js';
import { readHttpTool, wantsCallback } from './http-tool.js';
import type { HttpTool } from './http-tool.js';
import { unknownFileKeys } from './known-keys.js';

/** The tools, or everything that is wrong with the file. */
export interface ToolsFile {
  readonly tools: readonly HttpTool[];
  /** Names of the tools whose backends call back, also when there are problems. */
  readonly callingBack: readonly string[];
  readonly problems: readonly FileProblem[];
}

/** Against a file that unfolds into gigabytes. */
const MAX_ALIASES = 1000;
const SHAPE = 'must have a list "tools" with at least one tool';

function faulty(...problems: readonly FileProblem[]): ToolsFile {
  return { tools: [], callingBack: [], problems };
}

function nameOf(data: unknown, index: number): string {
  const name = (data as { readonly name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' && name !== '' ? name : `number ${String(index + 1)}`;
}

function doubleNames(tools: readonly HttpTool[]): FileProblem[] {
  const names = tools.map(({ definition }) => definition.name);
  const doubles = new Set(names.filter((name, i) => names.indexOf(name) !== i));
  return [...doubles].map((tool) => ({
    tool,
    field: 'name',
    problem: 'stands more than once: each tool needs its own',
  }));
}

function readTools(data: unknown, env: Environment): ToolsFile {
  const unknown = unknownFileKeys(data);
  const entries: unknown = (data as { readonly tools?: unknown } | null | undefined)?.tools;
  if (!Array.isArray(entries) || entries.length === 0) return faulty(...unknown, { field: '', problem: SHAPE });
  const read = entries.map((entry: unknown, index) => {
    const { tool, problems } = readHttpTool(entry, env);
    return { tool, problems: problems.map((problem) => ({ ...problem, tool: nameOf(entry, index) })) };
  });
  const tools = read.flatMap(({ tool }) => (tool === undefined ? [] : [tool]));
  const problems = [...unknown, ...read.flatMap((one) => one.problems), ...doubleNames(tools)];
  const callingBack = entries.flatMap((entry: unknown, i) => (wantsCallback(entry) ? [nameOf(entry, i)] : []));
  return { tools: problems.length === 0 ? tools : [], callingBack, problems };
}

/** Reads the text of a tools file. Lists all problems, not the first one. */
export function parseToolsFile(text: string, env: Environment): ToolsFile {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    const lines = (offset: number): string => String(text.slice(0, offset).split('\n').length);
    const problems = document.errors.map(({ code, pos }) => ({
      field: '',
      // The parser's own text quotes the line, which may hold a secret.
      problem: `is no YAML: line ${lines(pos[0])}, ${code.toLowerCase().replaceAll('_', ' ')}`,
    }));
    return faulty(...problems);
  }
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    return faulty({ field: '', problem: 'has too many aliases, or one of something that is not there' });
  }
  return readTools(data, env);
}

/** Reads a tools file from disk; that it cannot be read is a problem like any other. */
export function readToolsFile(file: string, env: Environment): ToolsFile {
  const path = resolve(file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown'})`;
    return faulty({
      field: '',
      problem: `${path} ${reason}: name a YAML file, see apps/http-worker/tools.example.yaml`,
    });
  }
  return parseToolsFile(text, env);
}

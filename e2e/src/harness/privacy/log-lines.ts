import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that hold the sources of services. */
const SOURCES = ['apps', 'libs'];
const NO_SOURCE = /\.spec\.ts$|[\\/]testing[\\/]|^dist[\\/]|[\\/]dist[\\/]/;
/** Classes of Nest that tell of their own work, at the levels debug and trace: names of routes and modules. */
const NEST = /^(?:Instance|Module|Nest|Routes?|Router|Legacy|Client|Server|Web|Graph|Middleware|Exceptions?)[A-Za-z]*$/;

/** A line of a log that is not as it should be. */
export interface BadLine {
  readonly why: 'no JSON' | 'no static message';
  readonly line: string;
}

interface LogLine {
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly context?: unknown;
}

/** Judges log lines by the sources of the services: each is JSON, and its message stands in the sources as it is. */
export class LogLines {
  private readonly known = new Map<string, boolean>();

  constructor(private readonly sources: string) {}

  /** @param root of the repository */
  static of(root: string): LogLines {
    const files = SOURCES.flatMap((folder) =>
      readdirSync(join(root, folder)).flatMap((project) => sourcesIn(join(root, folder, project, 'src'))),
    );
    return new LogLines(files.map((file) => readFileSync(file, 'utf8')).join('\n'));
  }

  /** Those of a service's output that are not as they should be, each message once. */
  bad(output: string): readonly BadLine[] {
    const bad = new Map<string, BadLine>();
    for (const line of output.split('\n')) {
      if (line === '' || isTorn(line)) continue;
      const judged = this.judge(line);
      if (judged !== undefined) bad.set(judged.key, { why: judged.why, line });
    }
    return [...bad.values()];
  }

  private judge(line: string): { readonly why: BadLine['why']; readonly key: string } | undefined {
    const parsed = parsedLine(line);
    if (parsed === undefined) return { why: 'no JSON', key: line };
    const { msg, context, level } = parsed;
    const isNest = typeof context === 'string' && NEST.test(context) && (level === 'debug' || level === 'trace');
    if (typeof msg === 'string' && (isNest || this.isStatic(msg))) return undefined;
    return { why: 'no static message', key: String(msg) };
  }

  private isStatic(message: string): boolean {
    let isKnown = this.known.get(message);
    if (isKnown === undefined) {
      isKnown = ["'", '"', '`'].some((quote) => this.sources.includes(`${quote}${message}${quote}`));
      this.known.set(message, isKnown);
    }
    return isKnown;
  }
}

function sourcesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !NO_SOURCE.test(file))
      .map((file) => join(folder, file));
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return [];
    throw error;
  }
}

/** The beginning of a line whose process was killed while it wrote. */
function isTorn(line: string): boolean {
  return line.startsWith('{"level":') && !line.endsWith('}');
}

function parsedLine(line: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { eventually } from '@interject/testing';
import { processEnvironment } from './environment.js';
import { ROOT } from './service-process.js';

export interface CommandResult {
  /** null when it was killed because it took too long. */
  readonly code: number | null;
  /** stdout and stderr as they came. */
  readonly output: string;
}

/** Built by `npm test` before the end-to-end tests; taken along so that only what is new has to be compiled. */
const BUILT = ['dist', 'out-tsc'];
const PROJECT_FOLDERS = ['apps', 'libs', 'tools'];
const STOP_MS = 15_000;

/** The repository in a folder of its own, as git would clone it: what a test does there changes nothing here. */
export class WorkspaceCopy {
  private readonly running = new Set<ChildProcess>();

  private constructor(readonly root: string) {}

  /** A clean clone: sources alone, nothing installed. */
  static async clean(): Promise<WorkspaceCopy> {
    const root = await mkdtemp(join(tmpdir(), 'interject-workspace-'));
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    for (const file of listed.split('\0')) {
      if (file === '' || !existsSync(join(ROOT, file))) continue;
      await mkdir(dirname(join(root, file)), { recursive: true });
      await cp(join(ROOT, file), join(root, file), { preserveTimestamps: true });
    }
    return new WorkspaceCopy(root);
  }

  /** One in which everything is installed (by links to the packages here) and built. */
  static async ready(): Promise<WorkspaceCopy> {
    const copy = await WorkspaceCopy.clean();
    await copy.linkPackages();
    for (const folder of PROJECT_FOLDERS) {
      for (const project of await readdir(join(ROOT, folder))) await copy.takeAlong(join(folder, project));
    }
    return copy;
  }

  /** Runs a command of a shell to its end. */
  async run(command: string, timeoutMs = 300_000): Promise<CommandResult> {
    const { child, read } = this.start(command);
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
    const timer = setTimeout(() => this.kill(child), timeoutMs);
    const code = await exited;
    clearTimeout(timer);
    return { code, output: read() };
  }

  /** Starts a command that stays up, and waits until it has printed a text. @returns stops it: its exit code */
  async serve(
    command: string,
    text: string,
    env: Readonly<Record<string, string>>,
  ): Promise<{ readonly output: () => string; readonly stop: () => Promise<number | null> }> {
    const { child, read } = this.start(command, env);
    await eventually(
      () => {
        if (child.exitCode !== null) throw new Error('it has exited');
        return read().includes(text);
      },
      { timeoutMs: 120_000 },
    ).catch((cause: unknown) => {
      throw new Error(`${command} never said "${text}":\n${read().slice(-5000)}`, { cause });
    });
    const stop = async (): Promise<number | null> => {
      const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
      const timer = setTimeout(() => this.kill(child), STOP_MS);
      child.kill('SIGTERM');
      const code = await exited;
      clearTimeout(timer);
      return code;
    };
    return { output: read, stop };
  }

  read(file: string): Promise<string> {
    return readFile(join(this.root, file), 'utf8');
  }

  async dispose(): Promise<void> {
    for (const child of this.running) this.kill(child);
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  private start(
    command: string,
    env: Readonly<Record<string, string>> = {},
  ): { readonly child: ChildProcess; readonly read: () => string } {
    // `exec`: signals reach the command and not the shell. The daemon would outlive the copy.
    const child = spawn('sh', ['-c', `exec ${command}`], {
      cwd: this.root,
      env: { ...processEnvironment(), NX_DAEMON: 'false', NX_TUI: 'false', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.running.add(child);
    child.once('exit', () => this.running.delete(child));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    return { child, read: () => stripVTControlCharacters(output) };
  }

  private kill(child: ChildProcess): void {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  }

  /** Packages by links to those here, our own projects by links to the copy, npm's note of it all as a file. */
  private async linkPackages(): Promise<void> {
    const from = join(ROOT, 'node_modules');
    const to = join(this.root, 'node_modules');
    await mkdir(join(to, '@interject'), { recursive: true });
    for (const name of await readdir(from)) {
      if (name === '@interject' || (name.startsWith('.') && name !== '.bin')) continue;
      await symlink(join(from, name), join(to, name));
    }
    for (const name of await readdir(join(from, '@interject'))) {
      await symlink(await readlink(join(from, '@interject', name)), join(to, '@interject', name));
    }
    await cp(join(from, '.package-lock.json'), join(to, '.package-lock.json'));
  }

  private async takeAlong(project: string): Promise<void> {
    if (!existsSync(join(this.root, project))) return;
    for (const folder of BUILT) {
      const from = join(ROOT, project, folder);
      if (existsSync(from))
        await cp(from, join(this.root, project, folder), { recursive: true, preserveTimestamps: true });
    }
    const packages = join(ROOT, project, 'node_modules');
    if (existsSync(packages) && (await stat(packages)).isDirectory()) {
      await symlink(packages, join(this.root, project, 'node_modules'));
    }
  }
}

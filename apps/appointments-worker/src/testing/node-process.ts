import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformFile } from '@swc/core';

/** Inside the project, so that plain Node finds its `node_modules` and takes the files for ES modules. */
const WORK_DIRECTORY = resolve(import.meta.dirname, '../../tmp');

/** Sources of `src/database`, compiled for processes of plain Node: Jest's own loader does not reach there. */
export class CompiledSources {
  private constructor(private readonly directory: string) {}

  static async compile(files: readonly string[]): Promise<CompiledSources> {
    await mkdir(WORK_DIRECTORY, { recursive: true });
    const directory = await mkdtemp(join(WORK_DIRECTORY, 'compiled-'));
    for (const file of files) {
      const source = resolve(import.meta.dirname, '../database', `${file}.ts`);
      const { code } = await transformFile(source, {
        swcrc: false,
        module: { type: 'es6' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } },
      });
      const target = join(directory, `${file}.js`);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, code);
    }
    return new CompiledSources(directory);
  }

  /** For an `import` in a script. */
  url(file: string): string {
    return pathToFileURL(join(this.directory, `${file}.js`)).href;
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** A Node process that runs a script. */
export class NodeProcess {
  private output = '';
  private readonly ended: Promise<void>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.ended = new Promise((done) => {
      child.once('close', () => {
        done();
      });
    });
  }

  /** @param script an ES module */
  static run(script: string): NodeProcess {
    return new NodeProcess(spawn(process.execPath, ['--input-type=module', '-e', script], { env: {} }));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits until the script has written `text`. @throws Error with the output if it ends without */
  async wrote(text: string): Promise<void> {
    await new Promise<void>((found, reject) => {
      const look = (): void => {
        if (this.output.includes(text)) found();
      };
      this.child.stdout?.on('data', look);
      void this.ended.then(() => {
        look();
        reject(new Error(`The process ended without writing "${text}":\n${this.output}`));
      });
      look();
    });
  }

  /** Ends it the hard way. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Everything it wrote until its end. */
  async outcome(): Promise<string> {
    await this.ended;
    return this.output;
  }
}

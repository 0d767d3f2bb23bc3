import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { LinePrefixer } from './line-prefixer.js';

/** Where the output of the children goes. */
export interface ProcessOutput {
  /** Takes over the streams of a child that has just been started. */
  attach(id: string, stdout: Readable, stderr: Readable): void;
  close(): void;
}

/** Passes everything on, each line with `[id]` before it. */
export class TerminalOutput implements ProcessOutput {
  constructor(
    private readonly stdout: Writable,
    private readonly stderr: Writable,
  ) {
    // Every child adds listeners to the same two streams.
    stdout.setMaxListeners(0);
    stderr.setMaxListeners(0);
  }

  attach(id: string, stdout: Readable, stderr: Readable): void {
    stdout.pipe(new LinePrefixer(`[${id}] `)).pipe(this.stdout, { end: false });
    stderr.pipe(new LinePrefixer(`[${id}] `)).pipe(this.stderr, { end: false });
  }

  close(): void {
    // The streams are not ours.
  }
}

/** Writes each process into a file of its own, begun anew with each run of the supervisor. */
export class FileOutput implements ProcessOutput {
  private readonly files = new Map<string, WriteStream>();

  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
  }

  attach(id: string, stdout: Readable, stderr: Readable): void {
    const file = this.fileOf(id);
    stdout.pipe(file, { end: false });
    stderr.pipe(file, { end: false });
  }

  close(): void {
    for (const file of this.files.values()) file.end();
  }

  private fileOf(id: string): WriteStream {
    const known = this.files.get(id);
    if (known) return known;
    const file = createWriteStream(join(this.directory, `${id}.log`), { flags: 'w', mode: 0o600 });
    file.setMaxListeners(0);
    // A full disk costs the log, not the services.
    file.on('error', () => undefined);
    this.files.set(id, file);
    return file;
  }
}

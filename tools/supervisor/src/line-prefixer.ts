import { StringDecoder } from 'node:string_decoder';
import { Transform, type TransformCallback } from 'node:stream';

/** A line longer than this is passed on in pieces: a child must not fill our memory. */
const MAX_LINE_CHARS = 262_144;

/** Puts a prefix before each line; pieces of a line are held back until it is whole, so lines of several never mix. */
export class LinePrefixer extends Transform {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';

  constructor(private readonly prefix: string) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const lines = (this.rest + this.decoder.write(chunk)).split('\n');
    this.rest = lines.pop() ?? '';
    if (this.rest.length > MAX_LINE_CHARS) {
      lines.push(this.rest);
      this.rest = '';
    }
    done(null, lines.length > 0 ? lines.map((line) => `${this.prefix}${line}\n`).join('') : undefined);
  }

  override _flush(done: TransformCallback): void {
    const last = this.rest + this.decoder.end();
    this.rest = '';
    done(null, last === '' ? undefined : `${this.prefix}${last}\n`);
  }
}

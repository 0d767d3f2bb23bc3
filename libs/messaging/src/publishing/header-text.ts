const VERSION = 'NATS/1.0\r\n';
const LINE_BREAK = /[\r\n]/;
const encoder = new TextEncoder();

/**
 * Headers of a message in the form in which they travel. The client's own check the spelling of every name each time; our
 * names are constants.
 */
export class HeaderText {
  private constructor(private readonly lines: string) {}

  static readonly empty = new HeaderText('');

  /**
   * With one more header.
   *
   * @param name a header's name as the protocol allows it: a constant of ours
   * @throws TypeError when the value would begin a new header
   */
  with(name: string, value: string): HeaderText {
    if (LINE_BREAK.test(value)) throw new TypeError(`The header ${name} must not hold a line break.`);
    return new HeaderText(`${this.lines}${name}: ${value}\r\n`);
  }

  encode(): Uint8Array {
    return encoder.encode(`${VERSION}${this.lines}\r\n`);
  }
}

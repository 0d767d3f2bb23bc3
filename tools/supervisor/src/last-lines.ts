const MAX_LINES = 10;
const MAX_CHARS = 4_000;

/** Remembers the end of what a process wrote, to be shown when it does not get anywhere. */
export class LastLines {
  private text = '';

  add(chunk: string): void {
    this.text = (this.text + chunk).slice(-MAX_CHARS);
  }

  clear(): void {
    this.text = '';
  }

  get lines(): readonly string[] {
    return this.text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-MAX_LINES);
  }
}

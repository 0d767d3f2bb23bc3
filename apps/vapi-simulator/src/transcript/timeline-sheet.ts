/** The columns with bars, from left to right. */
export type SpeechLane = 'caller' | 'assistant' | 'ours';

const LANES: readonly SpeechLane[] = ['caller', 'assistant', 'ours'];
const LANE_WIDTH = 26;
const NOTE_WIDTH = 52;
const TIME_WIDTH = 6;
/** A longer text ends in `…`: the timeline shows when, the words are in the scenario. */
const MAX_TEXT_LINES = 3;

interface Row {
  readonly time: string;
  readonly cells: Map<SpeechLane, string>;
  note: string | undefined;
}

/** Draws rows: what begins, goes on and ends in each lane, with one note beside it. */
export class TimelineSheet {
  private readonly rows: Row[] = [];
  /** Lanes in which somebody speaks, with the lines of their text that are still to be written. */
  private readonly speaking = new Map<SpeechLane, string[]>();

  /** Somebody begins to speak. */
  begin(atMs: number, lane: SpeechLane, text: string): void {
    const [first = '', ...more] = wrap(oneLine(text), LANE_WIDTH - 2, MAX_TEXT_LINES);
    this.put(atMs, lane, `┌ ${first}`);
    this.speaking.set(lane, more);
  }

  /** They stop; `mark` says how. */
  end(atMs: number, lane: SpeechLane, mark: string): void {
    while ((this.speaking.get(lane)?.length ?? 0) > 0) this.rows.push(this.row(''));
    this.speaking.delete(lane);
    this.put(atMs, lane, mark);
  }

  /** Something beside the talk. */
  note(atMs: number, text: string): void {
    const last = this.rows.at(-1);
    const time = label(atMs);
    const row = last?.time === time && last.note === undefined ? last : this.append(time);
    row.note = oneLine(text);
  }

  /** The table with its head. */
  lines(): readonly string[] {
    const head = this.format('time', LANES, '▶ webhooks, ◀ control');
    const rule = '─'.repeat(TIME_WIDTH + 2 + LANES.length * (LANE_WIDTH + 1) + 1 + NOTE_WIDTH);
    let before = '';
    const rows = this.rows.map(({ cells, note, time }) => {
      const shown = time === before ? '' : time;
      if (time !== '') before = time;
      return this.format(
        shown,
        LANES.map((lane) => cells.get(lane) ?? ''),
        cut(note ?? '', NOTE_WIDTH),
      );
    });
    return [head, rule, ...rows];
  }

  /** Things of the same tenth of a second share a row, as long as each has a cell of its own. */
  private put(atMs: number, lane: SpeechLane, cell: string): void {
    const last = this.rows.at(-1);
    const time = label(atMs);
    const held = last?.cells.get(lane);
    const isFree = last?.time === time && (held === undefined || held === '│');
    const row = isFree && last !== undefined ? last : this.append(time);
    row.cells.set(lane, cell);
  }

  private append(time: string): Row {
    const row = this.row(time);
    this.rows.push(row);
    return row;
  }

  /** A row in which everybody who speaks goes on. */
  private row(time: string): Row {
    const cells = new Map<SpeechLane, string>();
    for (const [lane, texts] of this.speaking) {
      const text = texts.shift();
      cells.set(lane, text === undefined ? '│' : `│ ${text}`);
    }
    return { time, cells, note: undefined };
  }

  private format(time: string, cells: readonly string[], note: string): string {
    const lanes = cells.map((cell) => cell.padEnd(LANE_WIDTH)).join(' ');
    return `${time.padStart(TIME_WIDTH)}  ${lanes}  ${note}`.trimEnd();
  }
}

/** Tenths of a second: finer times differ from run to run. */
function label(atMs: number): string {
  return (atMs / 1_000).toFixed(1);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1).trimEnd()}…`;
}

/** Breaks a text between words into so many lines at most. */
function wrap(text: string, width: number, most: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width && lines.length < most - 1) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, cut(rest, width)];
}

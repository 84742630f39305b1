/**
 * A line for the person who started a command, which each text replaces. Only a terminal can
 * replace it: elsewhere each text is a separate line and comes less often.
 */

/** The stream of the line: standard error, except in tests. */
export type LineStream = Pick<NodeJS.WriteStream, 'write'> & Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>>;

/** A bar moves smoothly, and a slow terminal can follow. */
const drawIntervalMs = 200;
/** Short enough to show that the work goes on, long enough for a log file. */
const lineIntervalMs = 5_000;
const columnsDefault = 80;

const eraseLine = '\r\x1b[K';

export class ReplacedLine {
  /** Whether the stream is a terminal. A dumb one cannot erase a line. */
  readonly draws: boolean;
  readonly #stream: LineStream;
  readonly #nowMs: () => number;
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(stream: LineStream, nowMs: () => number = () => performance.now()) {
    this.draws = stream.isTTY === true && process.env.TERM !== 'dumb';
    this.#stream = stream;
    this.#nowMs = nowMs;
  }

  /** The length of the longest text that can be erased. */
  get columnsMax(): number {
    return (this.#stream.columns || columnsDefault) - 1;
  }

  /** Whether the next text may come. */
  get isDue(): boolean {
    return this.#nowMs() - this.#shownAtMs >= (this.draws ? drawIntervalMs : lineIntervalMs);
  }

  /** Delays the next text by an interval. */
  wait(): void {
    this.#shownAtMs = this.#nowMs();
  }

  show(text: string): void {
    this.wait();
    this.#stream.write(this.draws ? `${eraseLine}${text}` : `${text}\n`);
    this.#isDrawn = this.draws;
  }

  /** Removes the text from a terminal. Must be called when the work ends, on every path. */
  erase(): void {
    if (this.#isDrawn) this.#stream.write(eraseLine);
    this.#isDrawn = false;
  }
}

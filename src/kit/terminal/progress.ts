/**
 * Reports the progress of long work to the person who started it, on standard error: what is done,
 * the rate, and the time left. On a terminal this is a bar, elsewhere a line every few seconds.
 */
import { styleText } from 'node:util';
import { bytesText } from '../amount-text.ts';
import { type LineStream, ReplacedLine } from './replaced-line.ts';

export interface ProgressTask {
  /** The work, as the beginning of a line: `saving state.db`. */
  readonly what: string;
  /** What is counted: `rows`, `keys`. Bytes are printed as MiB or GiB. Left out: a plain number. */
  readonly unit?: string | undefined;
  /** Undefined: not known; then neither a bar nor the time left is printed. */
  readonly total?: number | undefined;
  /** How much an earlier run did. It does not count in the rate. */
  readonly done?: number;
}

export interface TaskProgress {
  /** Adds to what is done. May be called at any rate. */
  advance(count: number): void;
  /** Sets what is done, where the work has positions. */
  reach(done: number): void;
  /** Removes the bar. Must be called when the work ends, on every path: call it in `finally`. */
  finish(): void;
}

const barCellsMax = 30;
const barCellsMin = 8;

/**
 * Starts to report. A bar is drawn at once: the first step may block the event loop. Without a
 * terminal, work that ends before the first interval prints nothing.
 */
export function startProgress(
  task: ProgressTask,
  stream: LineStream = process.stderr,
  nowMs: () => number = () => performance.now(),
): TaskProgress {
  const line = new ReplacedLine(stream, nowMs);
  const startedAtMs = nowMs();
  let done = task.done ?? 0;

  const show = (): void => {
    const state = { task, done, elapsedMs: nowMs() - startedAtMs };
    line.show(line.draws ? barText(state, line.columnsMax) : lineText(state));
  };
  const reach = (position: number): void => {
    done = position;
    if (line.isDue) show();
  };
  if (line.draws) show();
  else line.wait();
  return {
    reach,
    advance: (count) => reach(done + count),
    finish: () => line.erase(),
  };
}

interface ProgressState {
  readonly task: ProgressTask;
  readonly done: number;
  readonly elapsedMs: number;
}

/** `rows copied: 1,200 of 5,000 (24 %), 400/s, 10 s left`. */
function lineText(state: ProgressState): string {
  const share = shareOf(state);
  const percent = share === undefined ? [] : [`(${Math.floor(share * 100)} %)`];
  return [[`${state.task.what}:`, countText(state), ...percent].join(' '), ...paceText(state)].join(', ');
}

/**
 * `rows copied [=====>      ] 24 %  1,200 of 5,000, 400/s, 10 s left`, at most one line long. On a
 * narrow terminal the counts are left out.
 */
function barText(state: ProgressState, columns: number): string {
  const share = shareOf(state);
  const { what } = state.task;
  const [counts, pace] = [countText(state), paceText(state)];
  if (share === undefined) return `${what}: ${[counts, ...pace].join(', ')}`.slice(0, columns);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  for (const figures of [[counts, ...pace].join(', '), pace.join(', ')]) {
    const cells = columns - `${what} [] ${percent}  ${figures}`.length;
    if (cells >= barCellsMin) return `${what} [${bar(share, Math.min(barCellsMax, cells))}] ${percent}  ${figures}`;
  }
  return `${what} ${percent}  ${pace.join(', ')}`.slice(0, columns);
}

/** The filled part is green unless NO_COLOR is set. */
function bar(share: number, cells: number): string {
  const filled = Math.floor(share * cells);
  const text = filled === cells ? '='.repeat(cells) : `${'='.repeat(filled)}>`;
  const coloured = process.env.NO_COLOR === undefined ? styleText('green', text, { validateStream: false }) : text;
  return `${coloured}${' '.repeat(cells - text.length)}`;
}

function shareOf({ task: { total }, done }: ProgressState): number | undefined {
  return total === undefined || total <= 0 ? undefined : Math.min(1, Math.max(0, done / total));
}

function countText({ task: { unit, total }, done }: ProgressState): string {
  const all = total === undefined || total <= 0 ? '' : ` of ${amountText(total, unit)}`;
  return `${amountText(done, unit)}${all}${unit === undefined || unit === 'bytes' ? '' : ` ${unit}`}`;
}

/** The rate since the start, and the time left at this rate. */
function paceText({ task: { unit, total, done: before = 0 }, done, elapsedMs }: ProgressState): readonly string[] {
  const perSecond = ((done - before) / Math.max(1, elapsedMs)) * 1000;
  if (perSecond <= 0) return [];
  const rate = `${amountText(perSecond < 10 ? Number(perSecond.toPrecision(2)) : Math.round(perSecond), unit)}/s`;
  if (total === undefined || total < done) return [rate];
  return [rate, `${timeText((total - done) / perSecond)} left`];
}

const amountText = (amount: number, unit: string | undefined): string =>
  unit === 'bytes' ? bytesText(Math.round(amount)) : amount.toLocaleString('en-US');

/** Seconds for a person: `45 s`, `3 min 20 s`, `2 h 5 min`. */
function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

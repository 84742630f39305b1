/** Two lines side by side. An absent line exists only on the other side. */
export interface LinePair {
  readonly before: Line | undefined;
  readonly after: Line | undefined;
  readonly isEqual: boolean;
}

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * Differences that are searched for. The time and memory grow with its square: 1,000 take about 10
 * ms. Texts that differ more are shown as replaced.
 */
const editsMax = 1000;

/** The lines of two texts side by side, by the shortest list of edits (Myers, 1986). */
export function diffLines(before: string, after: string): readonly LinePair[] {
  const left = linesOf(before);
  const right = linesOf(after);
  const start = commonStart(left, right);
  const end = commonEnd(left, right, start);
  const middle = editsBetween(left.slice(start, left.length - end), right.slice(start, right.length - end));
  return pairs(left, right, ['='.repeat(start), middle, '='.repeat(end)].join(''));
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return text.replace(/\n$/, '').split('\n');
}

function commonStart(left: readonly string[], right: readonly string[]): number {
  let count = 0;
  while (count < left.length && count < right.length && left[count] === right[count]) count += 1;
  return count;
}

function commonEnd(left: readonly string[], right: readonly string[], start: number): number {
  const countMax = Math.min(left.length, right.length) - start;
  let count = 0;
  while (count < countMax && left.at(-1 - count) === right.at(-1 - count)) count += 1;
  return count;
}

/** One character a step: `-` removes a line of the left, `+` adds one of the right, `=` keeps. */
function editsBetween(left: readonly string[], right: readonly string[]): string {
  const replaced = '-'.repeat(left.length) + '+'.repeat(right.length);
  if (left.length === 0 || right.length === 0) return replaced;
  const offset = editsMax + 1;
  /** The furthest line of the left that was reached on each diagonal. */
  const furthest = new Int32Array(2 * offset + 1);
  const rounds: Int32Array[] = [];
  for (let edits = 0; edits <= Math.min(editsMax, left.length + right.length); edits += 1) {
    rounds.push(furthest.slice(offset - edits - 1, offset + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const removed = (furthest[offset + diagonal - 1] ?? 0) + 1;
      const added = furthest[offset + diagonal + 1] ?? 0;
      let x = edits === 0 ? 0 : isAdded(diagonal, edits, added, removed) ? added : removed;
      while (x < left.length && x - diagonal < right.length && left[x] === right[x - diagonal]) x += 1;
      furthest[offset + diagonal] = x;
      if (x >= left.length && x - diagonal >= right.length) return stepsBack(rounds, left.length, right.length);
    }
  }
  return replaced;
}

/** Whether the best way to a diagonal comes from the diagonal above it. */
function isAdded(diagonal: number, edits: number, added: number, removed: number): boolean {
  return diagonal === -edits || (diagonal !== edits && removed - 1 < added);
}

/** Walks the rounds from the end to the start. */
function stepsBack(rounds: readonly Int32Array[], leftLength: number, rightLength: number): string {
  const steps: string[] = [];
  let x = leftLength;
  let y = rightLength;
  for (let edits = rounds.length - 1; edits > 0; edits -= 1) {
    const before = rounds[edits] as Int32Array;
    const at = (diagonal: number) => before[diagonal + edits + 1] ?? 0;
    const diagonal = x - y;
    const added = isAdded(diagonal, edits, at(diagonal + 1), at(diagonal - 1) + 1);
    const fromX = added ? at(diagonal + 1) : at(diagonal - 1);
    const fromDiagonal = added ? diagonal + 1 : diagonal - 1;
    steps.push('='.repeat(added ? x - fromX : x - fromX - 1), added ? '+' : '-');
    x = fromX;
    y = fromX - fromDiagonal;
  }
  steps.push('='.repeat(x));
  return steps.reverse().join('');
}

/** Removed and added lines next to each other stand side by side. */
function pairs(left: readonly string[], right: readonly string[], steps: string): readonly LinePair[] {
  const found: LinePair[] = [];
  let x = 0;
  let y = 0;
  const before = (): Line => ({ number: x + 1, text: left[x++] ?? '' });
  const after = (): Line => ({ number: y + 1, text: right[y++] ?? '' });
  for (const [run] of steps.matchAll(/=+|[-+]+/g)) {
    if (run.startsWith('=')) {
      for (let count = 0; count < run.length; count += 1)
        found.push({ before: before(), after: after(), isEqual: true });
      continue;
    }
    const removed = run.replaceAll('+', '').length;
    const added = run.length - removed;
    for (let count = 0; count < Math.max(removed, added); count += 1)
      found.push({
        before: count < removed ? before() : undefined,
        after: count < added ? after() : undefined,
        isEqual: false,
      });
  }
  return found;
}

import type { Outcome } from './lane.ts';

const shownDifferenceCountMax = 20;
const shownLengthMax = 1_200;
const shownContextLength = 60;

/**
 * The steps in which two transcripts of one script differ, as text for a reader. Empty when the
 * transcripts are equal.
 */
export function differencesBetween(expected: readonly Outcome[], actual: readonly Outcome[]): string[] {
  const differences = expected.flatMap((outcome, index) => describe(outcome, actual[index]));
  const hidden = differences.length - shownDifferenceCountMax;
  return hidden > 0 ? [...differences.slice(0, shownDifferenceCountMax), `and ${hidden} more`] : differences;
}

function describe(expected: Outcome, actual: Outcome | undefined): string[] {
  const fields = (['exit', 'stdout', 'stderr'] as const).filter((field) => expected[field] !== actual?.[field]);
  if (expected.differs !== undefined) {
    return fields.length > 0
      ? []
      : [`etcdctl ${expected.step}\n  is no instance of "${expected.differs}": it is equal`];
  }
  if (fields.length === 0) return [];
  const shown = fields.flatMap((field) => {
    const [etcd, tine] = withoutEqualEnds(expected[field], actual?.[field] ?? '');
    return [`  ${field} of etcd: ${short(etcd)}`, `  ${field} of tine: ${short(tine)}`];
  });
  return [[`etcdctl ${expected.step}`, ...shown].join('\n')];
}

/** Two texts without their equal beginnings and ends, except for a part of them. */
function withoutEqualEnds(left: string, right: string): readonly [string, string] {
  const shorter = Math.min(left.length, right.length);
  let begin = 0;
  while (begin < shorter && left[begin] === right[begin]) begin += 1;
  let end = 0;
  while (end < shorter - begin && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const cut = (text: string) =>
    text.slice(Math.max(0, begin - shownContextLength), text.length - Math.max(0, end - shownContextLength));
  return [cut(left), cut(right)];
}

function short(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length > shownLengthMax ? `${quoted.slice(0, shownLengthMax)}...` : quoted;
}

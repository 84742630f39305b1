import { Fragment } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Scrolled } from '../parts/scrolled.tsx';
import { diffLines, type Line, type LinePair } from './diff-lines.ts';

/** Equal lines that are shown around a difference. */
const linesAround = 3;
/** Lines that are drawn at first. */
const firstPairsMax = 2000;

interface DiffViewProps {
  readonly before: string;
  readonly after: string;
  readonly titles: readonly [before: string, after: string];
}

/** Two texts side by side, with what differs, and three lines around it. */
export function DiffView({ before, after, titles }: DiffViewProps) {
  const pairs = useMemo(() => diffLines(before, after), [before, after]);
  const [isWhole, setWhole] = useState(false);
  if (pairs.every(({ isEqual }) => isEqual)) return <p>The two versions are equal in this form.</p>;
  const parts = isWhole ? [{ skipped: 0, pairs }] : shownParts(pairs);
  return (
    <>
      <Scrolled class="diff" label="Differences">
        <table class="mono">
          <colgroup>
            <col class="numbers" />
            <col />
            <col class="numbers" />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th scope="col" colSpan={2}>
                {titles[0]}
              </th>
              <th scope="col" colSpan={2}>
                {titles[1]}
              </th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part, index) => (
              <Fragment key={`${index}-${part.skipped}`}>
                {part.skipped > 0 && (
                  <tr>
                    <td colSpan={4} class="quiet">
                      … {part.skipped} equal {part.skipped === 1 ? 'line' : 'lines'}
                    </td>
                  </tr>
                )}
                {part.pairs.map((pair) => (
                  <Pair key={`${pair.before?.number}-${pair.after?.number}`} pair={pair} />
                ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      </Scrolled>
      {!isWhole && (
        <button type="button" onClick={() => setWhole(true)}>
          Show all lines
        </button>
      )}
    </>
  );
}

function Pair({ pair: { before, after, isEqual } }: { readonly pair: LinePair }) {
  return (
    <tr>
      <Side line={before} mark={isEqual || before === undefined ? '' : '-'} kind={isEqual ? '' : 'removed'} />
      <Side line={after} mark={isEqual || after === undefined ? '' : '+'} kind={isEqual ? '' : 'added'} />
    </tr>
  );
}

function Side({ line, mark, kind }: { readonly line: Line | undefined; readonly mark: string; readonly kind: string }) {
  const classes = line === undefined ? 'absent' : kind;
  return (
    <>
      <td class={`number quiet ${classes}`}>{line?.number}</td>
      <td class={`line ${classes}`}>{line === undefined ? '' : `${mark.padEnd(1)} ${line.text}`}</td>
    </>
  );
}

interface Part {
  /** Equal lines before the part that are not shown. */
  readonly skipped: number;
  readonly pairs: readonly LinePair[];
}

/** Differences with the lines around them. */
function shownParts(pairs: readonly LinePair[]): readonly Part[] {
  const isShown = new Uint8Array(pairs.length);
  for (const [index, { isEqual }] of pairs.entries()) {
    if (!isEqual) isShown.fill(1, Math.max(0, index - linesAround), index + linesAround + 1);
  }
  const parts: { skipped: number; pairs: LinePair[] }[] = [];
  let skipped = 0;
  let shown = 0;
  for (const [index, pair] of pairs.entries()) {
    if (isShown[index] === 0 || shown === firstPairsMax) {
      skipped += 1;
      continue;
    }
    if (skipped > 0 || parts.length === 0) parts.push({ skipped, pairs: [] });
    parts.at(-1)?.pairs.push(pair);
    shown += 1;
    skipped = 0;
  }
  if (skipped > 0) parts.push({ skipped, pairs: [] });
  return parts;
}

import type { Step } from './step.ts';

/**
 * A shorter script that still shows a difference: halves, then smaller pieces are left out as long as time remains.
 * @param differs runs a script on fresh servers
 */
export async function shrinkScript(
  script: readonly Step[],
  differs: (script: readonly Step[]) => Promise<boolean>,
  { timeLimitMs }: { readonly timeLimitMs: number },
): Promise<readonly Step[]> {
  const deadline = Date.now() + timeLimitMs;
  let shortest = script;
  for (let pieceLength = Math.ceil(script.length / 2); pieceLength >= 1; pieceLength = Math.floor(pieceLength / 2)) {
    for (let end = shortest.length; end > 0; end -= pieceLength) {
      if (Date.now() > deadline) return shortest;
      const candidate = shortest.toSpliced(Math.max(0, end - pieceLength), Math.min(pieceLength, end));
      if (candidate.length > 0 && (await differs(candidate))) shortest = candidate;
    }
  }
  return shortest;
}

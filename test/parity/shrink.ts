import type { Step } from './step.ts';

/**
 * A shorter script that still shows a difference. First whole kinds of requests are left out, then
 * halves, then smaller pieces, as long as time remains.
 * @param script ends with the step that showed the difference
 * @param differs runs a script on fresh servers
 */
export async function shrinkScript(
  script: readonly Step[],
  differs: (script: readonly Step[]) => Promise<boolean>,
  { timeLimitMs }: { readonly timeLimitMs: number },
): Promise<readonly Step[]> {
  const deadline = Date.now() + timeLimitMs;
  let shortest = script;
  const tryShorter = async (candidate: readonly Step[]) => {
    const isWorthIt = candidate.length > 0 && candidate.length < shortest.length && Date.now() < deadline;
    if (isWorthIt && (await differs(candidate))) shortest = candidate;
  };
  for (const kind of new Set(script.map(kindOf))) {
    const last = shortest.length - 1;
    await tryShorter(shortest.filter((step, index) => index === last || kindOf(step) !== kind));
  }
  for (let length = Math.ceil(shortest.length / 2); length >= 1; length = Math.floor(length / 2)) {
    for (let end = shortest.length; end > 0; end -= length) {
      const start = Math.max(0, end - length);
      await tryShorter(shortest.toSpliced(start, end - start));
    }
  }
  return shortest;
}

function kindOf(step: Step): string {
  return step.kind === 'unary' ? step.method : step.kind;
}

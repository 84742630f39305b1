import { median } from './median.ts';

export interface AlternateOptions {
  /** Untimed requests of each, which warm up caches and the compilers. */
  readonly warmUpCount: number;
  readonly repeatCount: number;
}

/**
 * Runs something with one subject and with another in turn, so that both meet the same machine.
 * `timeMs` returns how long a run took. Returns the medians of both.
 */
export async function alternatingMedians<Subject>(
  subjects: readonly [Subject, Subject],
  { warmUpCount, repeatCount }: AlternateOptions,
  timeMs: (subject: Subject, index: number) => Promise<number>,
): Promise<readonly [number, number]> {
  const times: readonly [number[], number[]] = [[], []];
  for (let index = -warmUpCount; index < repeatCount; index += 1) {
    for (const place of index % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const ms = await timeMs(subjects[place], index);
      if (index >= 0) times[place].push(ms);
    }
  }
  return [median(times[0]), median(times[1])];
}

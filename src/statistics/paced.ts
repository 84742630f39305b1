/** How often a read may run. */
export interface Pace {
  readonly intervalMsMin: number;
  /** After a read, this many times its duration must pass before the next one. */
  readonly pauseFactor: number;
}

/** Limits how often an expensive read runs. Between two reads, the previous result is returned. */
export function paced<Answer>(
  read: () => Promise<Answer>,
  { intervalMsMin, pauseFactor }: Pace,
): () => Promise<Answer | undefined> {
  let answer: Answer | undefined;
  let nextMs = 0;
  return async () => {
    const startMs = performance.now();
    if (startMs < nextMs) return answer;
    // Failed reads are limited too.
    nextMs = startMs + intervalMsMin;
    answer = await read();
    nextMs = Math.max(nextMs, startMs + pauseFactor * (performance.now() - startMs));
    return answer;
  };
}

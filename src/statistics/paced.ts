/** How seldom a question is asked. */
export interface Pace {
  readonly intervalMsMin: number;
  /** A question that took long is not asked again before so many times as long have passed. */
  readonly pauseFactor: number;
}

/** A question that costs something, asked at its pace; between, the answer is the one before. */
export function paced<Answer>(
  ask: () => Promise<Answer>,
  { intervalMsMin, pauseFactor }: Pace,
): () => Promise<Answer | undefined> {
  let answer: Answer | undefined;
  let nextMs = 0;
  return async () => {
    const startMs = performance.now();
    if (startMs < nextMs) return answer;
    // Failures are paced like answers.
    nextMs = startMs + intervalMsMin;
    answer = await ask();
    nextMs = Math.max(nextMs, startMs + pauseFactor * (performance.now() - startMs));
    return answer;
  };
}

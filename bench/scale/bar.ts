/** One thing that is measured against a bar. */
export interface Bar {
  readonly what: string;
  /** With its unit, like the bar. */
  readonly figure: string;
  readonly bar: string;
  readonly passed: boolean;
}

/** A figure that must not be larger than its bar. */
export function atMost(what: string, figure: number, bar: number, unit: string): Bar {
  return { what, figure: amount(figure, unit), bar: `at most ${amount(bar, unit)}`, passed: figure <= bar };
}

/** A figure that must not be smaller than its bar. */
export function atLeast(what: string, figure: number, bar: number, unit: string): Bar {
  return { what, figure: amount(figure, unit), bar: `at least ${amount(bar, unit)}`, passed: figure >= bar };
}

export function barLine({ what, figure, bar, passed }: Bar): string {
  return `${passed ? 'PASS' : 'FAIL'}  ${what.padEnd(76)} ${figure.padStart(12)}  (${bar})`;
}

/** Rounds to three significant digits. */
export function amount(figure: number, unit: string): string {
  const digits = figure >= 100 || Number.isInteger(figure) ? 0 : figure >= 10 ? 1 : 2;
  return `${figure.toFixed(digits)} ${unit}`;
}

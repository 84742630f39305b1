/** Metrics as Prometheus understands them: families of samples under one name. */
import type { HistogramCounts } from '../../statistics/histogram.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly content:
    | { readonly type: 'counter' | 'gauge'; readonly samples: readonly Sample[] }
    | { readonly type: 'histogram'; readonly samples: readonly HistogramSample[] }
    | { readonly type: 'summary'; readonly samples: readonly SummarySample[] };
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: Labels;
  readonly counts: HistogramCounts;
  /** What is counted, in the unit of the name: 0.001 for milliseconds under a name that says seconds. */
  readonly unit: number;
}

/** A sum and a number, without quantiles. */
export interface SummarySample {
  readonly labels: Labels;
  readonly sum: number;
  readonly count: number;
}

/** Either one value, or one for each of some labels. */
type Values = number | readonly Sample[];

export function counter(name: string, help: string, values: Values): Family {
  return { name, help, content: { type: 'counter', samples: samplesOf(values) } };
}

export function gauge(name: string, help: string, values: Values): Family {
  return { name, help, content: { type: 'gauge', samples: samplesOf(values) } };
}

const secondsPerMs = 0.001;

/** A histogram of times, which are counted in milliseconds. */
export function seconds(name: string, help: string, ms: HistogramCounts): Family {
  return histogram(name, help, [{ labels: {}, counts: ms, unit: secondsPerMs }]);
}

/** A histogram of plain numbers. */
export function sizes(name: string, help: string, counts: HistogramCounts): Family {
  return histogram(name, help, [{ labels: {}, counts, unit: 1 }]);
}

export function histogram(name: string, help: string, samples: readonly HistogramSample[]): Family {
  return { name, help, content: { type: 'histogram', samples } };
}

export function summary(name: string, help: string, samples: readonly SummarySample[]): Family {
  return { name, help, content: { type: 'summary', samples } };
}

/** A sample for each name of a record, under one label. */
export function byLabel(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

/** One family whose only sample is 1, with what it says in a label. */
export function info(name: string, help: string, labels: Labels): Family {
  return gauge(name, help, [{ labels, value: 1 }]);
}

function samplesOf(values: Values): readonly Sample[] {
  return typeof values === 'number' ? [{ labels: {}, value: values }] : values;
}

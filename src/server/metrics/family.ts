/** Metrics in Prometheus's model: families of samples with one name. */
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
  /**
   * The unit of the counts, in the unit of the name: 0.001 for milliseconds in a metric of seconds.
   */
  readonly unit: number;
}

/** A sum and a count, without quantiles. */
export interface SummarySample {
  readonly labels: Labels;
  readonly sum: number;
  readonly count: number;
}

/** Either one value, or one value for each label. */
type Values = number | readonly Sample[];

export function counter(name: string, help: string, values: Values): Family {
  return { name, help, content: { type: 'counter', samples: samplesOf(values) } };
}

export function gauge(name: string, help: string, values: Values): Family {
  return { name, help, content: { type: 'gauge', samples: samplesOf(values) } };
}

const secondsPerMs = 0.001;

/** A histogram of times in milliseconds. */
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

/** One sample for each entry of a record, with its name as a label. */
export function byLabel(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

/** A family with a single sample of 1, whose labels hold the information. */
export function info(name: string, help: string, labels: Labels): Family {
  return gauge(name, help, [{ labels, value: 1 }]);
}

function samplesOf(values: Values): readonly Sample[] {
  return typeof values === 'number' ? [{ labels: {}, value: values }] : values;
}

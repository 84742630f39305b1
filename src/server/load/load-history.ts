import { recordOf } from '../../kit/record-of.ts';
import type { LoadSample, LoadSeries } from './load-series.ts';
import { loadSeries } from './load-series.ts';

/** The samples, oldest first. */
export interface LoadHistoryContent {
  /** The end of each sample, as in `performance.now()`. */
  readonly atMs: readonly number[];
  readonly series: Readonly<Record<LoadSeries, readonly number[]>>;
}

/**
 * The newest samples of the load, in two arrays that never grow: 360 samples of 37 series take 107
 * KiB. A new sample replaces the oldest.
 */
export class LoadHistory {
  readonly samplesMax: number;
  readonly #atMs: Float64Array;
  /** The values of one series after the other, each in a ring. */
  readonly #values: Float64Array;
  #addedCount = 0;

  constructor({ samplesMax }: { readonly samplesMax: number }) {
    this.samplesMax = samplesMax;
    this.#atMs = new Float64Array(samplesMax);
    this.#values = new Float64Array(samplesMax * loadSeries.length);
  }

  get length(): number {
    return Math.min(this.#addedCount, this.samplesMax);
  }

  get bytes(): number {
    return this.#atMs.byteLength + this.#values.byteLength;
  }

  add(atMs: number, sample: LoadSample): void {
    const place = this.#addedCount % this.samplesMax;
    this.#atMs[place] = atMs;
    for (const [index, name] of loadSeries.entries())
      this.#values[index * this.samplesMax + place] = withFiveDigits(sample[name]);
    this.#addedCount += 1;
  }

  content(): LoadHistoryContent {
    const { samplesMax } = this;
    const series = recordOf(loadSeries, (_name, index) =>
      this.#inOrder(this.#values.subarray(index * samplesMax, (index + 1) * samplesMax)),
    );
    return { atMs: this.#inOrder(this.#atMs), series };
  }

  /** The filled places of a ring, oldest first. */
  #inOrder(ring: Float64Array): readonly number[] {
    const { length, samplesMax } = this;
    if (length < samplesMax) return [...ring.subarray(0, length)];
    const oldest = this.#addedCount % samplesMax;
    return [...ring.subarray(oldest), ...ring.subarray(0, oldest)];
  }
}

/** A chart shows fewer digits, and JSON with all digits would be twice as long. */
function withFiveDigits(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(5));
}

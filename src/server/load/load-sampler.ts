import { serverLimits } from '../server-limits.ts';
import { LoadCounterReader, type LoadCounters, type LoadSources } from './load-counters.ts';
import { LoadHistory } from './load-history.ts';
import { loadSample } from './load-sample.ts';

export interface LoadSamplerOptions extends LoadSources {
  /** Runs work at an interval. */
  readonly every: (intervalMs: number, work: () => void) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * Takes a sample of the load every 10 s, from the start of the server, so that the last hour is
 * known when the page is opened. A sample takes 0.5 ms and causes no wake-up.
 */
export class LoadSampler {
  readonly history = new LoadHistory({ samplesMax: serverLimits.loadSamplesMax });
  readonly #options: LoadSamplerOptions;
  readonly #reader: LoadCounterReader;
  #last: LoadCounters | undefined;
  #isSampling = false;

  constructor(options: LoadSamplerOptions) {
    this.#options = options;
    this.#reader = new LoadCounterReader(options);
    void this.#sample();
    options.every(serverLimits.loadSampleIntervalMs, () => void this.#sample());
  }

  async #sample(): Promise<void> {
    if (this.#isSampling) return;
    this.#isSampling = true;
    try {
      const counters = await this.#reader.read();
      if (this.#last !== undefined) this.history.add(counters.atMs, loadSample(this.#last, counters));
      this.#last = counters;
    } catch (error) {
      this.#options.onFault(error);
    } finally {
      this.#isSampling = false;
    }
  }
}

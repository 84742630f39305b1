import type { Access } from '../access/access.ts';
import type { LoadHistory, LoadHistoryContent } from '../load/load-history.ts';
import { serverLimits } from '../server-limits.ts';
import type { UiDataSource } from './ui-data.ts';

/** The answer of `/ui/api/load`. */
export interface LoadAnswer {
  /** Time between two samples. */
  readonly intervalMs: number;
  readonly samplesMax: number;
  /** The end of each sample, oldest first. */
  readonly unixMs: readonly number[];
  /** One number for each sample; NaN, which JSON writes as null, where there is no value. */
  readonly series: LoadHistoryContent['series'];
}

/** The load of the last hour, for all callers while auth is off, otherwise for the role root. */
export function loadData(sources: { readonly access: Access; readonly history: LoadHistory }): UiDataSource {
  return async (call) => {
    await sources.access.admin(call);
    return loadAnswer(sources.history);
  };
}

function loadAnswer(history: LoadHistory): LoadAnswer {
  const { atMs, series } = history.content();
  // The wall clock may have been set since the first sample, the clock of the samples was not.
  const originUnixMs = Date.now() - performance.now();
  return {
    intervalMs: serverLimits.loadSampleIntervalMs,
    samplesMax: history.samplesMax,
    unixMs: atMs.map((ms) => Math.round(originUnixMs + ms)),
    series,
  };
}

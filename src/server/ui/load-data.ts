import type { Access } from '../access/access.ts';
import type { LoadHistory } from '../load/load-history.ts';
import { serverLimits } from '../server-limits.ts';
import type { LoadReply } from './replies.ts';
import type { UiDataSource } from './ui-data.ts';

/** The load of the last hour, for all callers while auth is off, otherwise for the role root. */
export function loadData(sources: { readonly access: Access; readonly history: LoadHistory }): UiDataSource {
  return async (call) => {
    await sources.access.admin(call);
    return loadReply(sources.history);
  };
}

function loadReply(history: LoadHistory): LoadReply {
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

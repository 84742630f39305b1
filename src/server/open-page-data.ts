import { tineVersion } from '../version.ts';
import { LoadSampler } from './load/load-sampler.ts';
import type { StallWatch } from './monitoring/stall-watch.ts';
import type { ServerOptions, Services } from './open-services.ts';
import type { Transport } from './open-transport.ts';
import type { Connections } from './transport/connections/connections.ts';
import { clusterData } from './ui/cluster-data.ts';
import { loadData } from './ui/load-data.ts';
import { snapshotsData } from './ui/snapshots-data.ts';
import type { UiData } from './ui/ui-data.ts';

export interface PageDataParts {
  readonly services: Services;
  readonly transport: Transport;
  readonly watches: { readonly stall: StallWatch };
  readonly connections: Connections;
}

/**
 * What the page at /ui/ shows and no method of etcd returns. Without the page, no samples of the
 * load are taken.
 */
export function openPageData({ config, store, snapshots }: ServerOptions, parts: PageDataParts): UiData {
  if (!config.servesUi) return {};
  const { services, transport, watches, connections } = parts;
  const { access, identity } = services.context;
  const sampler = new LoadSampler({
    store,
    methods: services.methods.metrics,
    watches: () => services.hub.statistics,
    connectionCount: () => connections.count,
    takeLongestDelayMs: () => watches.stall.takeLongestMs(),
    every: (intervalMs, work) => watches.stall.every(intervalMs, work),
    onFault: (error) => transport.grpc.reportFault(error),
  });
  const cluster = {
    access,
    store,
    config,
    identity,
    tineVersion: tineVersion(),
    slowCalls: transport.slowCalls,
  };
  return {
    load: loadData({ access, history: sampler.history }),
    cluster: clusterData(cluster),
    snapshots: snapshotsData({ access, snapshots }),
  };
}

import { tineVersion } from '../version.ts';
import { LoadSampler } from './load/load-sampler.ts';
import type { StallWatch } from './monitoring/stall-watch.ts';
import type { ServerOptions, Services } from './open-services.ts';
import type { Transport } from './open-transport.ts';
import type { Connections } from './transport/connections/connections.ts';
import { clusterData } from './ui/cluster-data.ts';
import { loadData } from './ui/load-data.ts';
import type { UiData } from './ui/ui-data.ts';

/** What the page at /ui/ shows and no method of etcd returns. */
export interface PageData {
  readonly sources: UiData;
  /** Takes no more samples of the load. */
  close(): void;
}

export interface PageDataParts {
  readonly services: Services;
  readonly transport: Transport;
  readonly watches: { readonly stall: StallWatch };
  readonly connections: Connections;
}

/** Without the page there are no samples. */
export function openPageData({ config, store }: ServerOptions, parts: PageDataParts): PageData {
  if (!config.servesUi) return { sources: {}, close: () => {} };
  const { services, transport, watches, connections } = parts;
  const { access, identity } = services.context;
  const sampler = new LoadSampler({
    store,
    methods: services.methods.metrics,
    watches: () => services.hub.statistics,
    connectionCount: () => connections.count,
    takeLongestDelayMs: () => watches.stall.takeLongestMs(),
    onFault: (error) => transport.grpc.reportFault(error),
  });
  const cluster = {
    access,
    store,
    config,
    identity,
    tineVersion: tineVersion(),
    slowCalls: transport.slowCalls,
    snapshots: async () => [],
  };
  return {
    sources: { load: loadData({ access, history: sampler.history }), cluster: clusterData(cluster) },
    close: () => sampler.close(),
  };
}

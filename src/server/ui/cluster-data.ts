import type { Config } from '../../config/config.ts';
import { StatusCode } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import type { Identity } from '../../wire/response-headers.ts';
import type { Access } from '../access/access.ts';
import type { RecentSlowCall, SlowCalls } from '../monitoring/slow-calls.ts';
import type { ClusterReply, SlowCall } from './replies.ts';
import type { UiDataSource } from './ui-data.ts';

export interface ClusterSources {
  readonly access: Access;
  readonly store: Pick<Store, 'latestHead' | 'statistics'>;
  readonly config: Pick<Config, 'autoCompaction' | 'emulatedEtcdVersion' | 'endpoint'>;
  readonly identity: Identity;
  readonly tineVersion: string;
  readonly slowCalls: Pick<SlowCalls, 'recent' | 'slowMs'>;
}

/**
 * The state of this instance and of its database, as far as no call of etcd returns it. Slow calls
 * name keys of all users, so with auth on it needs the role root.
 */
export function clusterData(sources: ClusterSources): UiDataSource {
  return async (call) => {
    await sources.access.admin(call);
    return clusterReply(sources);
  };
}

async function clusterReply(sources: ClusterSources): Promise<ClusterReply> {
  const { store, config, identity, tineVersion, slowCalls } = sources;
  const { operations, isCompacting } = await store.statistics();
  const { revision, compactRevision } = store.latestHead;
  const { idsLeft, lastUnixSeconds } = operations.compaction;
  return {
    instance: {
      memberId: String(identity.memberId),
      tineVersion,
      etcdVersion: config.emulatedEtcdVersion,
      database: config.endpoint.kind,
      uptimeSeconds: Math.floor(process.uptime()),
    },
    compaction: {
      revision,
      compactRevision: Math.max(0, compactRevision),
      isRunning: isCompacting,
      rowsLeft: idsLeft,
      lastUnixSeconds: lastUnixSeconds === 0 ? null : lastUnixSeconds,
      automatic: config.autoCompaction,
    },
    slowCalls: { slowMs: slowCalls.slowMs, newestFirst: slowCalls.recent.map(shownCall) },
  };
}

function shownCall({ path, code, tookMs, ...call }: RecentSlowCall): SlowCall {
  return { ...call, method: path, code: codeNames.get(code) ?? String(code), tookMs: Math.round(tookMs * 10) / 10 };
}

const codeNames: ReadonlyMap<number, string> = new Map(Object.entries(StatusCode).map(([name, code]) => [code, name]));

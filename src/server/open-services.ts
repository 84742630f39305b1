import type { Config } from '../config/config.ts';
import type { Tracer } from '../kit/trace.ts';
import { limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { SnapshotSource } from '../statistics/snapshot-statistics.ts';
import type { Store } from '../store/store.ts';
import { WatchHub } from '../watch/hub.ts';
import { ResponseHeaders } from '../wire/response-headers.ts';
import { Access } from './access/access.ts';
import { openTokens } from './access/open-tokens.ts';
import { Passwords } from './access/passwords.ts';
import { identityOf } from './identity.ts';
import { messageBytesMax } from './server-limits.ts';
import { authService } from './services/auth-service.ts';
import { clusterService } from './services/cluster-service.ts';
import { LockQueues } from './services/concurrency/lock-queues.ts';
import { electionService } from './services/election-service.ts';
import { healthService } from './services/health-service.ts';
import { kvService } from './services/kv-service.ts';
import { leaseService } from './services/lease-service.ts';
import { lockService } from './services/lock-service.ts';
import { maintenanceService } from './services/maintenance-service.ts';
import { reflectionService } from './services/reflection-service.ts';
import type { ServiceContext } from './services/service-context.ts';
import { snapshotService } from './services/snapshot-service.ts';
import { watchService } from './services/watch-service.ts';
import type { Method } from './transport/grpc/method.ts';
import { MethodTable } from './transport/grpc/method-table.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly store: Store;
  readonly logger: Logger;
  /** Undefined: no call is traced. */
  readonly tracer?: Tracer | undefined;
  /** Undefined: no snapshots by schedule. */
  readonly snapshots?: SnapshotSource | undefined;
}

/** The gRPC services, and the objects that they share. */
export interface Services {
  readonly context: ServiceContext;
  readonly hub: WatchHub;
  /** Calls that wait for a lock or an election. */
  readonly queues: LockQueues;
  readonly methods: MethodTable;
}

/** @throws StartError when the token keys cannot be used */
export async function openServices(options: ServerOptions): Promise<Services> {
  const context = serviceContext(options, await openAccess(options));
  const hub = watchHub(context);
  const queues = new LockQueues(context);
  return { context, hub, queues, methods: new MethodTable(servedMethods(context, hub, queues)) };
}

async function openAccess({ config, store }: ServerOptions): Promise<Access> {
  const { tokens, bcryptCost } = config.auth;
  return new Access({
    auth: store.auth,
    tokens: await openTokens(tokens, store.auth),
    passwords: new Passwords({ cost: bcryptCost }),
    trustsCertificates: config.tls?.clients?.areUsers ?? false,
  });
}

function serviceContext({ config, store, logger }: ServerOptions, access: Access): ServiceContext {
  const identity = identityOf(config, store);
  return { access, config, store, logger, identity, headers: new ResponseHeaders(identity) };
}

function watchHub({ config, store, logger, identity }: ServiceContext): WatchHub {
  return new WatchHub({
    source: store.events,
    identity,
    logger,
    pageRowsMax: limits.eventPageRowsMax,
    progressIntervalMs: config.watchProgressNotifyIntervalMs,
    fragmentBytesMax: messageBytesMax(config),
  });
}

function servedMethods(context: ServiceContext, hub: WatchHub, queues: LockQueues): readonly Method[] {
  const etcd = [
    ...kvService(context),
    ...watchService(context, hub),
    ...leaseService(context),
    ...clusterService(context),
    ...maintenanceService(context),
    ...lockService(context, hub, queues),
    ...electionService(context, hub, queues),
    ...authService(context),
    ...snapshotService(context),
    ...healthService(context),
  ];
  return [...etcd, ...reflectionService(etcd)];
}

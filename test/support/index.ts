/** Everything a test file needs, under one name. */
export { EtcdClient } from './client.ts';
export {
  ANY_DRIVER,
  DRIVERS,
  type Driver,
  etcd,
  FILE_DRIVERS,
  galeraAt,
  kine,
  mariadbAt,
  mysqlAt,
  NAMING_DRIVERS,
  onePerDialect,
  postgresAt,
  sqlite,
  TINE_DRIVERS,
} from './drivers.ts';
export { freePort } from './free-port.ts';
export { leaseIds } from './lease-ids.ts';
export type * from './messages.ts';
export { kineProgram, repositoryRoot } from './paths.ts';
export { ResumingWatch } from './resuming-watch.ts';
export { failureOf, RpcError, type RpcFailure } from './rpc-error.ts';
export { Server } from './server.ts';
export { WatchStream } from './streams.ts';
export { ownServer, type Suite, suite } from './suite.ts';
export { temporaryDirectory } from './temporary-directory.ts';
export { runTine, type TineResult, withoutLog } from './tine-command.ts';
export { keysOf, prefixEnd, withPrefix } from './values.ts';
export { sleep, waitFor, within } from './wait.ts';

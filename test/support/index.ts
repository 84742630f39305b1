/** Everything a test file needs, under one name. */
export { EtcdClient } from './client.ts';
export { DRIVERS, type Driver, etcd, kine, sqlite, TINE_DRIVERS } from './drivers.ts';
export { freePort } from './free-port.ts';
export type * from './messages.ts';
export { etcdctlProgram, etcdProgram, findOnPath, kineProgram, repositoryRoot } from './paths.ts';
export { failureOf, RpcError, type RpcFailure } from './rpc-error.ts';
export { type Exit, Server, type ServerOptions } from './server.ts';
export { KeepAliveStream, WatchStream } from './streams.ts';
export { ownServer, type Suite, suite } from './suite.ts';
export { temporaryDirectory } from './temporary-directory.ts';
export { runTine, type TineOptions, type TineResult } from './tine-command.ts';
export { keysOf, prefixEnd, withPrefix } from './values.ts';
export { sleep, waitFor, within } from './wait.ts';

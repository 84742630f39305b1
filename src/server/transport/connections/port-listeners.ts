import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { transportLimits } from '../transport-limits.ts';

export interface PortListenersOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Connections that come at once and wait to be accepted. */
  readonly backlog: number;
  readonly open: () => Server;
  readonly onError: (error: Error) => void;
}

export interface PortListeners {
  readonly port: number;
  close(): void;
}

/** Linux spreads the connections of a port among its listeners. Elsewhere one listener gets all or is refused. */
const canShare = process.platform === 'linux';

/**
 * Listens on a TCP port with several listeners: node accepts one connection of each in a turn of the event loop, so a client that opens connections as fast
 * as it can would keep the others' in the backlog.
 */
export async function listenOnPort(options: PortListenersOptions): Promise<PortListeners> {
  return canShare ? withClaim(options, () => listenShared(options)) : listenAlone(options);
}

async function listenAlone({ host, port, backlog, open, onError }: PortListenersOptions): Promise<PortListeners> {
  const server = await listening(open(), { host, port, backlog });
  server.on('error', onError);
  return { port: portOf(server), close: () => server.close() };
}

async function listenShared({ host, port, backlog, open, onError }: PortListenersOptions): Promise<PortListeners> {
  const { listenersPerPort } = transportLimits;
  const free = await freePort({ host, port });
  const servers: Server[] = [];
  const close = (): void => {
    for (const server of servers) server.close();
  };
  try {
    // Each has four times its share: connections are not spread evenly.
    const share = { host, port: free, reusePort: true, backlog: Math.ceil((4 * backlog) / listenersPerPort) };
    while (servers.length < listenersPerPort) servers.push(await listening(open(), share));
  } catch (error) {
    close();
    throw error;
  }
  for (const server of servers) server.on('error', onError);
  return { port: free, close };
}

/** Listeners that share a port take no notice of others that share it too. One that does not share is refused when there is any other. */
async function freePort(where: { readonly host: string; readonly port: number }): Promise<number> {
  const probe = await listening(createServer(), where);
  const port = portOf(probe);
  probe.close();
  await once(probe, 'close');
  return port;
}

/**
 * Between the probe and the listeners the port is free. Two servers that start at once would both get it: a socket in Linux's abstract namespace, which is as
 * wide as that of ports and goes with its process, refuses one of them.
 */
async function withClaim<Result>({ host, port }: PortListenersOptions, work: () => Promise<Result>): Promise<Result> {
  if (port === 0) return work();
  const claim = await listening(createServer(), { path: `\0tine listens on ${host} ${port}` });
  try {
    return await work();
  } finally {
    claim.close();
  }
}

/** @throws what the system says against it */
async function listening(server: Server, options: ListenOptions): Promise<Server> {
  server.listen(options);
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : 0;
}

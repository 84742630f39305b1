import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { transportLimits } from '../transport-limits.ts';

export interface PortListenersOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Connections that may wait to be accepted. */
  readonly backlog: number;
  readonly open: () => Server;
  readonly onError: (error: Error) => void;
}

export interface PortListeners {
  readonly port: number;
  close(): void;
}

/**
 * Linux distributes the connections of a port among its listeners. Other systems give all of them
 * to one listener, or refuse the second listener.
 */
const canShare = process.platform === 'linux';

/**
 * Listens on a TCP port with several listeners. Node accepts one connection per listener in each
 * turn of the event loop. With one listener, a client that opens connections as fast as it can
 * would keep the connections of other clients in the backlog.
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
    // Each listener has four times its share, because connections are not distributed evenly.
    const share = { host, port: free, reusePort: true, backlog: Math.ceil((4 * backlog) / listenersPerPort) };
    while (servers.length < listenersPerPort) servers.push(await listening(open(), share));
  } catch (error) {
    close();
    throw error;
  }
  for (const server of servers) server.on('error', onError);
  return { port: free, close };
}

/**
 * Finds a free port with a listener that does not share its port. It is refused if any other
 * listener exists. Listeners that share a port would not notice another program that shares it too.
 */
async function freePort(where: { readonly host: string; readonly port: number }): Promise<number> {
  const probe = await listening(createServer(), where);
  const port = portOf(probe);
  probe.close();
  await once(probe, 'close');
  return port;
}

/**
 * Reserves the port between the probe and the first listener, while the port is free. Otherwise two
 * servers that start at once would both get it. The reservation is a socket in Linux's abstract
 * namespace: it is visible wherever the port is, and it ends with its process.
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

/** @throws the system's error */
async function listening(server: Server, options: ListenOptions): Promise<Server> {
  server.listen(options);
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : 0;
}

import { once } from 'node:events';
import { existsSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { type ListenAddress, listenAddressText } from '../../../config/listen/listen-address.ts';
import { StartError } from '../../../errors.ts';
import { listenOnPort } from './port-listeners.ts';

/** An open listener. */
export interface Listener {
  /** The bound address. A port of 0 is replaced by the port that the system chose. */
  readonly address: ListenAddress;
  /** Accepts no more connections. Open connections stay open. */
  close(): void;
}

export interface ListenerEvents {
  readonly onConnection: (socket: Socket) => void;
  /** The system could not accept a connection. The next ones may succeed. */
  readonly onRefused: (error: Error) => void;
}

/**
 * Connections that may wait to be accepted. After a restart thousands of clients reconnect at once.
 * Linux allows 4,096.
 */
const backlog = 4096;

/**
 * Listens on an address: TCP or a Unix socket.
 *
 * @throws StartError with the obstacle in one line
 */
export async function listen(address: ListenAddress, events: ListenerEvents): Promise<Listener> {
  try {
    return address.kind === 'tcp' ? await listenTcp(address, events) : await listenUnix(address, events);
  } catch (error) {
    throw startError(error as NodeJS.ErrnoException, address);
  }
}

async function listenTcp(
  address: ListenAddress & { readonly kind: 'tcp' },
  { onConnection, onRefused }: ListenerEvents,
): Promise<Listener> {
  const { port, close } = await listenOnPort({
    host: listenHost(address.host),
    port: address.port,
    backlog,
    open: () => openServer(onConnection),
    onError: onRefused,
  });
  return { address: { ...address, port }, close };
}

async function listenUnix(
  address: ListenAddress & { readonly kind: 'unix' },
  { onConnection, onRefused }: ListenerEvents,
): Promise<Listener> {
  await removeStaleSocket(address.path);
  const server = openServer(onConnection);
  listenForOwnerAndGroup(() => server.listen({ path: address.path, backlog }));
  await once(server, 'listening');
  server.on('error', onRefused);
  return { address, close: () => server.close() };
}

function openServer(onConnection: (socket: Socket) => void): Server {
  return createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, onConnection);
}

/**
 * Creates the socket file with its final mode. Write access to the socket is access to everything,
 * so there must be no moment at which other users have it.
 */
function listenForOwnerAndGroup(begin: () => void): void {
  const before = process.umask(0o117);
  try {
    begin();
  } finally {
    process.umask(before);
  }
}

/**
 * Go listens on IPv4 if a name has both kinds of address. Most clients of a local server use
 * 127.0.0.1.
 */
const listenHost = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host);

function startError(error: NodeJS.ErrnoException, address: ListenAddress): StartError {
  const where = listenAddressText(address);
  return new StartError(`cannot listen on ${where}: ${reasonOf(error, address)}`, { cause: error });
}

function reasonOf({ code, message }: NodeJS.ErrnoException, address: ListenAddress): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program listens there; stop it, or choose another address';
    case 'EACCES':
    case 'EPERM':
      if (address.kind === 'tcp') return 'not permitted; ports below 1024 are for root: choose a higher port';
      // Node reports a missing directory of a socket as EACCES.
      return existsSync(dirname(address.path))
        ? 'not permitted; choose a path that this user may write to'
        : 'the directory does not exist, or this user may not enter it; create it, or choose another path';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have this address';
    case 'ENOTFOUND':
      return 'the host name cannot be resolved';
    case 'ENOENT':
    case 'ENOTDIR':
      return 'the directory does not exist';
    default:
      return message;
  }
}

/**
 * Removes the socket file that a killed process left. A file stays if a server accepts connections
 * on it.
 *
 * @throws Error if another kind of file is there.
 */
async function removeStaleSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error('it exists and is not a socket; remove it, or choose another path');
  if (!(await isAnswered(path))) unlinkSync(path);
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  const answered = Promise.withResolvers<boolean>();
  socket.once('connect', () => answered.resolve(true));
  socket.once('error', () => answered.resolve(false));
  const result = await answered.promise;
  socket.destroy();
  return result;
}

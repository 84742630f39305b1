import { once } from 'node:events';
import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type ListenAddress, listenAddressText } from '../../../config/listen/listen-address.ts';
import { StartError } from '../../../errors.ts';
import { listenOnPort } from './port-listeners.ts';

/** An open listener. */
export interface Listener {
  /** Where it listens; a port of 0 has become the one it got. */
  readonly address: ListenAddress;
  /** Takes no more connections; those there are stay. */
  close(): void;
}

export interface ListenerEvents {
  readonly onConnection: (socket: Socket) => void;
  /** The system could not accept a connection. The next ones may succeed. */
  readonly onRefused: (error: Error) => void;
}

/** Connections that wait to be accepted: thousands of clients come back at once after a restart. Linux allows 4,096. */
const backlog = 4096;

/**
 * Listens on an address, TCP or a Unix socket.
 *
 * @throws StartError that says in one line what is in the way
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

/** Who may write to the socket may do everything: there is no moment at which others may. */
function listenForOwnerAndGroup(begin: () => void): void {
  const before = process.umask(0o117);
  try {
    begin();
  } finally {
    process.umask(before);
  }
}

/** Go listens on IPv4 when a name has both; most clients of a local server write 127.0.0.1. */
const listenHost = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host);

function startError(error: NodeJS.ErrnoException, address: ListenAddress): StartError {
  const where = listenAddressText(address);
  return new StartError(`cannot listen on ${where}: ${reasonOf(error, address)}`, { cause: error });
}

function reasonOf({ code, message }: NodeJS.ErrnoException, address: ListenAddress): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program listens there; stop it, or choose another address with --listen-client-urls';
    case 'EACCES':
    case 'EPERM':
      return address.kind === 'tcp'
        ? 'not permitted; ports below 1024 are for root, choose another with --listen-client-urls'
        : 'not permitted; choose a path that this user may write to';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have that address';
    case 'ENOTFOUND':
      return 'the host name is not known';
    case 'ENOENT':
    case 'ENOTDIR':
      return 'the directory does not exist';
    default:
      return message;
  }
}

/** A socket file outlives a process that was killed. One that nobody answers on is taken away; anything else is left. */
async function removeStaleSocket(path: string): Promise<void> {
  const isSocket = lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
  if (isSocket && !(await isAnswered(path))) unlinkSync(path);
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

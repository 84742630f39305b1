import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type ListenAddress, listenAddressText } from '../config/listen-address.ts';
import { StartError } from '../errors.ts';

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

/** Connections that wait to be accepted. Linux allows 4,096; thousands of clients come back at once after a restart. */
const backlog = 4096;

/**
 * Listens on an address, TCP or a Unix socket.
 *
 * @throws StartError that says in one line what is in the way
 */
export async function listen(address: ListenAddress, { onConnection, onRefused }: ListenerEvents): Promise<Listener> {
  if (address.kind === 'unix') await removeStaleSocket(address.path);
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, onConnection);
  await listening(server, address);
  server.on('error', onRefused);
  const bound = server.address();
  const actual =
    address.kind === 'tcp' && bound !== null && typeof bound === 'object' ? { ...address, port: bound.port } : address;
  return { address: actual, close: () => server.close() };
}

async function listening(server: Server, address: ListenAddress): Promise<void> {
  const ready = Promise.withResolvers<void>();
  server.once('listening', ready.resolve);
  server.once('error', ready.reject);
  if (address.kind === 'unix') listenForOwnerAndGroup(() => server.listen({ path: address.path, backlog }));
  else server.listen({ host: listenHost(address.host), port: address.port, backlog });
  try {
    await ready.promise;
  } catch (error) {
    throw startError(error as NodeJS.ErrnoException, address);
  } finally {
    server.removeAllListeners('error');
  }
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

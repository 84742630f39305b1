/**
 * Tells systemd what a unit of `Type=notify` waits for, as etcd's own units are: a datagram to the socket that systemd names (sd_notify(3)).
 *
 * Node has no such sockets, and another program may not send it: systemd takes it from the unit's main process alone. So the system's calls are made here, through koffi.
 */
import { promisify } from 'node:util';
import type { Logger } from '../logger.ts';

/** Linux's numbers. */
const unixFamily = 1;
const datagramSocket = 2;
const closeOnExec = 0o2000000;
const pathBytesMax = 108;

/** Does nothing where systemd did not start this process. That it could not be told is logged. */
export async function notifySystemd(state: 'READY=1' | 'STOPPING=1', logger: Logger): Promise<void> {
  const name = process.env.NOTIFY_SOCKET;
  if (name === undefined || name === '') return;
  try {
    await sendTo(addressOf(name), Buffer.from(state));
  } catch (error) {
    logger.warn({ socket: name, state, reason: (error as Error).message }, 'systemd cannot be told');
  }
}

/** A `sockaddr_un`. A name that begins with `@` is in the abstract namespace. */
function addressOf(name: string): Buffer {
  const path = Buffer.from(name.replace(/^@/, '\0'));
  if (!/^[/@]/.test(name) || path.length >= pathBytesMax) throw new Error('NOTIFY_SOCKET is not the path of a socket');
  return Buffer.concat([Buffer.from(Uint16Array.of(unixFamily).buffer), path]);
}

async function sendTo(address: Buffer, message: Buffer): Promise<void> {
  // Loaded by those alone whom systemd starts.
  const { default: koffi } = await import('koffi');
  const system = koffi.load(null);
  const socket = system.func('int socket(int family, int type, int protocol)');
  const send = system.func(
    'intptr_t sendto(int fd, void *message, size_t bytes, int flags, void *address, uint32_t size)',
  );
  const close = system.func('int close(int fd)');
  const fd: number = socket(unixFamily, datagramSocket | closeOnExec, 0);
  if (fd < 0) throw new Error(`there is no socket (error ${koffi.errno()})`);
  try {
    // It may wait for systemd, so not on this thread.
    const sent: number = await promisify(send.async)(fd, message, message.length, 0, address, address.length);
    if (sent !== message.length) throw new Error('the socket does not take it');
  } finally {
    close(fd);
  }
}

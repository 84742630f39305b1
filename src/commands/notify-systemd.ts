/**
 * Notifies systemd about the state of a unit of `Type=notify`, which etcd's units are: a datagram
 * to the socket that systemd provides (sd_notify(3)).
 *
 * Node has no datagram sockets of this kind. Another program cannot send it, because systemd
 * accepts it only from the unit's main process. So the system calls are made here, through koffi.
 */
import { promisify } from 'node:util';
import type { Logger } from '../logger.ts';

/** Linux's numbers. */
const unixFamily = 1;
const datagramSocket = 2;
const closeOnExec = 0o2000000;
const pathBytesMax = 108;
const socketLevel = 1;
const sendTimeout = 21;

/** systemd may be busy. A stop waits for the call, and the process cannot end before it. */
const sendSecondsMax = 2n;

/** Notifies systemd; does nothing if systemd did not start this process. A failure is logged. */
export async function notifySystemd(state: 'READY=1' | 'STOPPING=1', logger: Logger): Promise<void> {
  const name = process.env.NOTIFY_SOCKET;
  if (name === undefined || name === '') return;
  try {
    await sendTo(addressOf(name), Buffer.from(state));
  } catch (error) {
    logger.warn({ socket: name, state, err: (error as Error).message }, 'systemd notification failed');
  }
}

/** Builds a `sockaddr_un`. A name that begins with `@` is in the abstract namespace. */
function addressOf(name: string): Buffer {
  const path = Buffer.from(name.replace(/^@/, '\0'));
  if (!/^[/@]/.test(name) || path.length >= pathBytesMax) throw new Error('NOTIFY_SOCKET is not the path of a socket');
  return Buffer.concat([Buffer.from(Uint16Array.of(unixFamily).buffer), path]);
}

async function sendTo(address: Buffer, message: Buffer): Promise<void> {
  // Loaded only in a process that systemd started.
  const { default: koffi } = await import('koffi');
  const system = koffi.load(null);
  const socket = system.func('int socket(int family, int type, int protocol)');
  const send = system.func(
    'intptr_t sendto(int fd, void *message, size_t bytes, int flags, void *address, uint32_t size)',
  );
  const setOption = system.func('int setsockopt(int fd, int level, int name, void *value, uint32_t size)');
  const close = system.func('int close(int fd)');
  const fd: number = socket(unixFamily, datagramSocket | closeOnExec, 0);
  if (fd < 0) throw new Error(`cannot create a socket (error ${koffi.errno()})`);
  try {
    // A `timeval`: seconds and microseconds.
    const timeout = Buffer.from(BigInt64Array.of(sendSecondsMax, 0n).buffer);
    if (setOption(fd, socketLevel, sendTimeout, timeout, timeout.length) !== 0)
      throw new Error(`cannot set the timeout of the socket (error ${koffi.errno()})`);
    // The call may wait for systemd, so it runs in another thread.
    const sent: number = await promisify(send.async)(fd, message, message.length, 0, address, address.length);
    if (sent !== message.length) throw new Error('the socket did not accept the datagram');
  } finally {
    close(fd);
  }
}

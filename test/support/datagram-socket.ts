/** A Unix datagram socket, like the one systemd listens on. Node has none. */
import koffi from 'koffi';

const system = koffi.load(null);
const openSocket = system.func('int socket(int family, int type, int protocol)');
const bind = system.func('int bind(int fd, void *address, uint32_t size)');
const receive = system.func('intptr_t recv(int fd, void *buffer, size_t bytes, int flags)');
const send = system.func(
  'intptr_t sendto(int fd, void *message, size_t bytes, int flags, void *address, uint32_t size)',
);
const closeSocket = system.func('int close(int fd)');

const unixFamily = 1;
const datagramSocket = 2;
const doNotWait = 0x40;

export interface DatagramSocket {
  /** The texts received so far. */
  readonly received: () => readonly string[];
  /** Sends datagrams to the socket until it accepts no more. */
  readonly fill: () => void;
  readonly close: () => void;
}

/** @param name a path, or behind `@` a name in the abstract namespace */
export function bindDatagramSocket(name: string): DatagramSocket {
  const fd: number = openSocket(unixFamily, datagramSocket, 0);
  const address = Buffer.from(`\u0001\0${name.replace(/^@/, '\0')}`);
  if (bind(fd, address, address.length) !== 0) throw new Error(`${name} cannot be listened on: ${koffi.errno()}`);
  const texts: string[] = [];
  const buffer = Buffer.alloc(4_096);
  const received = () => {
    for (;;) {
      const bytes: number = receive(fd, buffer, buffer.length, doNotWait);
      if (bytes < 0) return [...texts];
      texts.push(buffer.toString('utf8', 0, bytes));
    }
  };
  const fill = () => {
    const sender: number = openSocket(unixFamily, datagramSocket, 0);
    while (send(sender, buffer, 1, doNotWait, address, address.length) === 1);
    closeSocket(sender);
  };
  return { received, fill, close: () => closeSocket(fd) };
}

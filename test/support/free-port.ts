import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Above the last port that `fetch` refuses (10080, of the Fetch standard's bad ports), and below
 * the ports that the system uses for outgoing connections.
 */
const portMin = 10_081;
const portMax = 32_000;

const attemptCountMax = 100;

/**
 * A TCP port of 127.0.0.1 that no program listens on. No other test process is given this port
 * while this process runs: each process holds the UDP ports of the same numbers, which no other
 * part of the tests uses.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= attemptCountMax; attempt += 1) {
    const port = randomInt(portMin, portMax);
    if ((await claim(port)) && (await isFree(port))) return port;
  }
  throw new Error(`no free port found in ${attemptCountMax} attempts`);
}

/** Reserves the port for this process. False: the port is not free. */
async function claim(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  socket.bind(port, '127.0.0.1');
  const isBound = await succeeds(once(socket, 'listening'));
  if (isBound) socket.unref();
  else socket.close();
  return isBound;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  probe.listen(port, '127.0.0.1');
  const isListening = await succeeds(once(probe, 'listening'));
  if (isListening) await new Promise((resolve) => probe.close(resolve));
  return isListening;
}

async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  );
}

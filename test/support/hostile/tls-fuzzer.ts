import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Random } from '../../parity/random.ts';
import { type Attack, type Attacker, pause, sendAllItems } from './attacker.ts';
import { opening } from './frames.ts';
import { mutated, randomBytes } from './fuzz-bytes.ts';
import { getRequest } from './requests.ts';
import { openSocket, write } from './wire.ts';

const connectionCount = 4;
const recordTypes = [20, 21, 22, 23, 24, 0, 255];
/** A handshake is abandoned after this time. */
const connectionMsMax = 100;

/** TLS records: random ones, and records of handshakes and requests with errors. */
export const tlsFuzzer: Attack = {
  name: 'fuzz: TLS records',
  does: 'sends random TLS records',
  needs: 'tls',
  run: (attacker) =>
    sendAllItems(attacker, connectionCount, async () => {
      const socket = await openSocket(attacker);
      if (socket === undefined) return;
      if (attacker.random.chance(30)) await randomRecords(attacker, socket);
      else await spoiltRecords(attacker, socket);
      socket.resetAndDestroy();
    }),
};

async function randomRecords(attacker: Attacker, socket: Socket): Promise<void> {
  const { random, tally } = attacker;
  socket.resume();
  for (let count = random.between(1, 5); count > 0; count -= 1) {
    tally.items += 1;
    if (!(await write(attacker, socket, randomRecord(random)))) return;
  }
}

function randomRecord(random: Random): Buffer {
  const body = randomBytes(random, 300);
  const length = random.chance(80) ? body.length : random.below(65_536);
  return Buffer.concat([Buffer.of(random.pick(recordTypes), 3, random.below(5), length >> 8, length & 255), body]);
}

/** A client of TLS whose records get a mistake, sooner or later, on their way. */
async function spoiltRecords(attacker: Attacker, socket: Socket): Promise<void> {
  const { random, tally } = attacker;
  const spoiltIndex = random.below(6);
  let index = 0;
  const way = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      tally.items += 1;
      const bytes = index === spoiltIndex ? mutated(random, chunk) : chunk;
      index += 1;
      if (socket.writable) socket.write(bytes);
      done();
    },
  });
  socket.on('data', (chunk: Buffer) => way.push(chunk));
  socket.on('close', () => way.destroy());
  const secure = connectTls({ socket: way, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  secure.on('error', () => way.destroy());
  secure.on('data', () => undefined);
  secure.on('secureConnect', () => {
    secure.write(opening());
    for (let request = 0; request < 4; request += 1) secure.write(getRequest(2 * request + 1));
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  await Promise.race([closed, pause(attacker, connectionMsMax)]);
  secure.destroy();
}

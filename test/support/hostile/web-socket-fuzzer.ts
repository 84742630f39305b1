import { methodSchema } from '../../../src/server/gateway/json/message-schema.ts';
import { Lease } from '../../../src/wire/generated/etcdserverpb/lease.ts';
import { Watch } from '../../../src/wire/generated/etcdserverpb/watch.ts';
import type { Random } from '../../parity/random.ts';
import { type Attack, type Attacker, sendAllItems } from './attacker.ts';
import { mutated, randomBytes } from './fuzz-bytes.ts';
import { randomBody } from './json-fuzzer.ts';
import { upgrade, webSocketFrame, webSocketOpcodes } from './web-socket-frames.ts';
import { openSocket, write } from './wire.ts';

const connectionCount = 8;
const connectionFramesMax = 50;

const paths = [
  { path: '/v3/watch', schema: methodSchema(Watch.methods.watch.path).request },
  { path: '/v3/lease/keepalive', schema: methodSchema(Lease.methods.leaseKeepAlive.path).request },
];

/** Frames of WebSockets, some with mistakes, with messages that have mistakes too. */
export const webSocketFuzzer: Attack = {
  name: 'fuzz: WebSocket frames',
  does: 'sends random WebSocket frames',
  run: (attacker) => sendAllItems(attacker, connectionCount, () => oneConnection(attacker)),
};

async function oneConnection(attacker: Attacker): Promise<void> {
  const { random, tally } = attacker;
  const socket = await openSocket(attacker);
  if (socket === undefined) return;
  socket.resume();
  let isOpen = await write(attacker, socket, upgrade(random.pick(paths).path));
  for (let sent = 0; isOpen && sent < connectionFramesMax; ) {
    const batch = Array.from({ length: random.between(1, 5) }, () => randomFrame(random));
    isOpen = await write(attacker, socket, Buffer.concat(batch));
    sent += batch.length;
    tally.items += batch.length;
  }
  socket.resetAndDestroy();
}

function randomFrame(random: Random): Buffer {
  const opcode = random.weighted([
    [60, webSocketOpcodes.text],
    [10, webSocketOpcodes.binary],
    [10, webSocketOpcodes.continuation],
    [10, webSocketOpcodes.ping],
    [5, webSocketOpcodes.pong],
    [2, webSocketOpcodes.close],
    [3, random.below(16)],
  ]);
  const isData = opcode === webSocketOpcodes.text || opcode === webSocketOpcodes.binary;
  const payload = isData ? randomBody(random, paths).body : randomBytes(random, 100);
  const frame = webSocketFrame(opcode, payload, { isLast: random.chance(80) });
  return random.chance(10) ? mutated(random, frame) : frame;
}

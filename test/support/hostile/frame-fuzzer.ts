import { FrameType, Setting } from '../../../src/server/transport/http2/protocol.ts';
import type { Random } from '../../parity/random.ts';
import { type Attack, type Attacker, pause, sendAllItems } from './attacker.ts';
import {
  callHeaders,
  dataFrame,
  frame,
  grpcMessage,
  headerFrames,
  indexedField,
  opening,
  pingFrame,
  resetFrame,
  type SettingValue,
  settingsFrame,
  uint32,
  windowUpdate,
} from './frames.ts';
import { mutated, randomBytes } from './fuzz-bytes.ts';
import { countRequest, getRequest, listRequest, putOf, type Request } from './requests.ts';
import { openSocket, write } from './wire.ts';

const requests: readonly Request[] = [getRequest, listRequest, countRequest, putOf('fuzzed', Buffer.alloc(100))];
const connectionCount = 8;
/**
 * The maximum number of frames of one connection. In most cases the server closes the connection
 * earlier.
 */
const connectionFramesMax = 200;
/** Frames that are sent together. */
const writeFramesMax = 20;

const someHeaders = [
  callHeaders('/etcdserverpb.KV/Range'),
  callHeaders('/etcdserverpb.Watch/Watch', [['grpc-timeout', '1n']]),
  callHeaders('/etcdserverpb.KV/Put', [['grpc-encoding', 'gzip']]),
  Buffer.concat([indexedField('token', 'x'.repeat(100)), callHeaders('/nothing')]),
  Buffer.of(0x20, 0x82),
];

const someSettings: readonly SettingValue[] = [
  [Setting.headerTableSize, 0],
  [Setting.headerTableSize, 4_096],
  [Setting.enablePush, 0],
  [Setting.maxConcurrentStreams, 0],
  [Setting.initialWindowSize, 0],
  [Setting.initialWindowSize, 65_535],
  [Setting.initialWindowSize, 2 ** 31 - 1],
  [Setting.maxFrameSize, 16_384],
  [Setting.maxHeaderListSize, 0],
  [99, 7],
];

/**
 * Frames as a client sends them, some of them with mistakes. Each connection has its own sequence.
 */
export const frameFuzzer: Attack = {
  name: 'fuzz: HTTP/2 frames',
  does: 'sends random frames',
  run: (attacker) => sendAllItems(attacker, connectionCount, () => oneConnection(attacker)),
};

async function oneConnection(attacker: Attacker): Promise<void> {
  const { random, tally } = attacker;
  const socket = await openSocket(attacker);
  if (socket === undefined) return;
  socket.resume();
  const frames = new RandomFrames(random);
  let isOpen = await write(attacker, socket, random.chance(98) ? opening() : mutated(random, opening()));
  for (let sent = 0; isOpen && sent < connectionFramesMax; ) {
    const batch = Array.from({ length: random.between(1, writeFramesMax) }, () => frames.next());
    isOpen = await write(attacker, socket, Buffer.concat(batch));
    sent += batch.length;
    tally.items += batch.length;
    // The fuzzer must not become a flood.
    await pause(attacker, 1);
  }
  socket.resetAndDestroy();
}

class RandomFrames {
  readonly #random: Random;
  #lastStreamId = -1;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Buffer {
    const valid = this.#valid();
    return this.#random.chance(4) ? mutated(this.#random, valid) : valid;
  }

  #valid(): Buffer {
    const random = this.#random;
    switch (random.weighted(kinds)) {
      case 'request':
        return random.pick(requests)(this.#newStream());
      case 'headers':
        return headerFrames(this.#newStream(), random.pick(someHeaders), { endsStream: random.chance(30) });
      case 'trailers':
        return headerFrames(this.#anyStream(), Buffer.of(0x00, 1, 0x78, 1, 0x79), { endsStream: true });
      case 'data':
        return dataFrame(this.#anyStream(), grpcMessage(randomBytes(random, 40)), { endsStream: random.chance(20) });
      case 'reset':
        return resetFrame(this.#anyStream());
      case 'windowUpdate':
        return windowUpdate(random.pick([0, this.#anyStream()]), random.pick([1, 1000, 65_535, 2 ** 30]));
      case 'settings':
        return settingsFrame([random.pick(someSettings), random.pick(someSettings)]);
      case 'ping':
        return pingFrame;
      case 'priority':
        return frame(FrameType.priority, 0, this.#anyStream(), Buffer.concat([uint32(0), Buffer.of(16)]));
      default:
        return frame(random.between(10, 255), random.below(256), random.below(20), randomBytes(random, 100));
    }
  }

  #newStream(): number {
    this.#lastStreamId += 2;
    return this.#lastStreamId;
  }

  #anyStream(): number {
    return this.#lastStreamId < 1 ? 1 : 1 + 2 * this.#random.below((this.#lastStreamId + 1) / 2);
  }
}

const kinds = [
  [30, 'request'],
  [10, 'headers'],
  [2, 'trailers'],
  [10, 'data'],
  [10, 'reset'],
  [15, 'windowUpdate'],
  [8, 'settings'],
  [3, 'ping'],
  [5, 'priority'],
  [7, 'unknown'],
] as const;

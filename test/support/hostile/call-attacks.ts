import { gzipSync } from 'node:zlib';
import { Setting } from '../../../src/server/transport/http2/protocol.ts';
import { Auth } from '../../../src/wire/generated/etcdserverpb/auth.ts';
import { KV } from '../../../src/wire/generated/etcdserverpb/kv.ts';
import { Lease } from '../../../src/wire/generated/etcdserverpb/lease.ts';
import { Maintenance } from '../../../src/wire/generated/etcdserverpb/maintenance.ts';
import { Watch } from '../../../src/wire/generated/etcdserverpb/watch.ts';
import { Lock } from '../../../src/wire/generated/v3lockpb/v3lock.ts';
import { type Attack, type AttackBounds, type Attacker, atOnce, pause } from './attacker.ts';
import {
  callHeaders,
  dataFrame,
  frame,
  frameBytesMax,
  grpcMessage,
  headerFrames,
  messagePrefix,
  repeated,
  type SettingValue,
} from './frames.ts';
import { keepConnected } from './keep-connected.ts';
import {
  countRequest,
  getRequest,
  largeGetRequest,
  largeReadInTransaction,
  listRequest,
  putOf,
  type Request,
  requestOf,
  storedKeys,
} from './requests.ts';
import type { Wire } from './wire.ts';

const noWindow: readonly SettingValue[] = [[Setting.initialWindowSize, 0]];
/** The largest message with default settings: 1.5 MiB, and 512 KiB for the rest of the message. */
const messageBytesMax = 2 * 1024 * 1024;
const smallMemory = { memoryMebibytesMax: 64 };
const emptyMessage = messagePrefix(0);

const bidirectional = { watch: Watch.methods.watch.path, keepAlive: Lease.methods.leaseKeepAlive.path };

/** Sends messages on one stream without end. */
async function messages(
  wire: Wire,
  path: string,
  bytes: Buffer,
  fields?: Parameters<typeof callHeaders>[1],
): Promise<void> {
  const streamId = await wire.start(callHeaders(path, fields));
  while (await wire.data(streamId, bytes));
}

/**
 * Sends requests on new streams, as many under way as their replies allow: `batch` each
 * millisecond.
 */
async function calls(attacker: Attacker, wire: Wire, request: (turn: number) => Request, batch: number): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const next = Array.from({ length: batch }, (_, index) => request(turn * batch + index)(wire.nextStreamId()));
    if (!(await wire.send(...next))) return;
    await pause(attacker, 1);
  }
}

function manyCalls(name: string, does: string, request: (turn: number) => Request, batch = 50): Attack {
  return { name, does, run: (attacker) => keepConnected(attacker, (wire) => calls(attacker, wire, request, batch)) };
}

function slowReaders(name: string, does: string, request: Request, bounds: Partial<AttackBounds> = {}): Attack {
  return {
    name,
    bounds,
    does: `${does} 100 times on each of 100 connections, with large windows, and reads nothing`,
    run: (attacker) =>
      keepConnected(
        attacker,
        async (wire) => {
          wire.stopReading();
          await leaveOpen(attacker, wire, request, 100);
        },
        { count: 100, settings: [[Setting.initialWindowSize, 2 ** 30]], connectionWindowBytes: 2 ** 30 },
      ),
  };
}

/** Opens streams on one connection and never ends them. `begin` gives the bytes of one stream. */
async function leaveOpen(
  attacker: Attacker,
  wire: Wire,
  begin: (streamId: number) => Buffer,
  count: number,
): Promise<void> {
  const batch = Math.min(count, 100);
  for (let opened = 0; opened < count; opened += batch) {
    if (!(await wire.send(...Array.from({ length: batch }, () => begin(wire.nextStreamId()))))) return;
  }
  await pause(attacker, 2 ** 30);
}

const putHeaders = callHeaders(KV.methods.put.path);
const gzip: Parameters<typeof callHeaders>[1] = [['grpc-encoding', 'gzip']];

/** A kilobyte that decompresses to a megabyte of a field that no message has. */
const bomb = grpcMessage(gzipSync(Buffer.concat([Buffer.of(0x7a, 0x80, 0x80, 0x40), Buffer.alloc(2 ** 20)])), {
  isCompressed: true,
});

const watchMessage = (message: Parameters<typeof Watch.methods.watch.request.encode>[0]) =>
  grpcMessage(Watch.methods.watch.request.encode(message));

function createWatch(watchId: bigint, startRevision = 0): Buffer {
  const keys = { key: Buffer.from(storedKeys.prefix), rangeEnd: Buffer.from(storedKeys.end) };
  return watchMessage({ requestUnion: { case: 'createRequest', value: { ...keys, watchId, startRevision } } });
}

const cancelWatch = (watchId: bigint): Buffer =>
  watchMessage({ requestUnion: { case: 'cancelRequest', value: { watchId } } });

const askForProgress = watchMessage({ requestUnion: { case: 'progressRequest', value: {} } });

const unfinished: readonly Attack[] = [
  {
    name: 'empty messages that wait',
    does: 'sends empty messages on streams and does not read the replies',
    bounds: smallMemory,
    run: (attacker) =>
      keepConnected(attacker, (wire) => messages(wire, bidirectional.keepAlive, repeated(emptyMessage, 13_000)), {
        settings: noWindow,
      }),
  },
  {
    name: 'empty messages on a watch',
    does: 'sends empty messages on a watch stream',
    bounds: smallMemory,
    run: (attacker) =>
      keepConnected(attacker, (wire) => messages(wire, bidirectional.watch, repeated(emptyMessage, 13_000))),
  },
  {
    name: 'gzip bombs',
    does: 'sends messages of a megabyte, compressed to a kilobyte, and does not read the replies',
    bounds: smallMemory,
    run: (attacker) =>
      keepConnected(attacker, (wire) => messages(wire, bidirectional.keepAlive, repeated(bomb, 50), gzip), {
        settings: noWindow,
      }),
  },
  {
    name: 'unfinished messages',
    does: 'sends 135 messages of 2 MiB without the last bytes',
    bounds: smallMemory,
    putBytes: 100_000,
    run: (attacker) =>
      keepConnected(
        attacker,
        async (wire) => {
          const most = Buffer.concat([messagePrefix(messageBytesMax), Buffer.alloc(messageBytesMax - frameBytesMax)]);
          await atOnce(135, async () => wire.data(await wire.start(putHeaders), most));
          await pause(attacker, 2 ** 30);
        },
        { count: 1 },
      ),
  },
  {
    name: 'pinned chunks',
    does: 'sends single bytes of messages, each between 64 KiB of other frames',
    bounds: smallMemory,
    run: (attacker) =>
      keepConnected(
        attacker,
        (wire) => {
          const ignored = repeated(frame(0xbe, 0, 0, Buffer.alloc(frameBytesMax - 9)), 4);
          const begin = (streamId: number) =>
            Buffer.concat([
              headerFrames(streamId, putHeaders, { endsStream: false }),
              dataFrame(streamId, Buffer.of(0), { endsStream: false }),
              ignored,
            ]);
          return leaveOpen(attacker, wire, begin, 12_000);
        },
        { count: 1 },
      ),
  },
  {
    name: 'streams left open',
    does: 'begins 200,000 calls on each connection and sends no request',
    run: (attacker) =>
      keepConnected(attacker, (wire) =>
        leaveOpen(attacker, wire, (streamId) => headerFrames(streamId, putHeaders, { endsStream: false }), 200_000),
      ),
  },
  {
    name: 'slow senders',
    does: 'sends a byte a second on each of 5,000 streams',
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        const prefix = messagePrefix(1_000_000);
        const streamIds = Array.from({ length: 5_000 / 4 }, () => wire.nextStreamId());
        const opened = streamIds.map((streamId) => headerFrames(streamId, putHeaders, { endsStream: false }));
        await wire.send(...opened, ...streamIds.map((streamId) => dataFrame(streamId, prefix, { endsStream: false })));
        const bytes = streamIds.map((streamId) => dataFrame(streamId, Buffer.of(0), { endsStream: false }));
        while (await wire.send(...bytes)) await pause(attacker, 1_000);
      }),
  },
];

const unread: readonly Attack[] = [
  {
    name: 'lists into no window',
    does: 'requests a megabyte 2,000 times and gives the server no window to send it',
    run: (attacker) =>
      keepConnected(attacker, (wire) => leaveOpen(attacker, wire, listRequest, 500), { settings: noWindow }),
  },
  slowReaders('slow readers', 'requests a megabyte', listRequest),
  slowReaders(
    'slow readers of transactions',
    'reads a key of a megabyte in a transaction',
    largeReadInTransaction,
    // A put waits for one transaction of 5 to 10 ms, and the event loop sends a megabyte for each.
    { p99MsMax: 100 },
  ),
  slowReaders('slow readers of one key', 'gets a key of a megabyte', largeGetRequest),
  {
    name: 'unread snapshots',
    does: 'requests four snapshots and reads none of them',
    alsoAsks: 'snapshots',
    run: (attacker) =>
      keepConnected(attacker, (wire) => leaveOpen(attacker, wire, requestOf(Maintenance.methods.snapshot, {}), 2), {
        count: 2,
        settings: noWindow,
      }),
  },
  {
    name: 'unread watches',
    does: 'watches from the first revision on 2,000 streams and reads no event',
    run: (attacker) =>
      keepConnected(
        attacker,
        (wire) => {
          const begin = (streamId: number) =>
            Buffer.concat([
              headerFrames(streamId, callHeaders(bidirectional.watch), { endsStream: false }),
              dataFrame(streamId, createWatch(0n, 1), { endsStream: false }),
            ]);
          return leaveOpen(attacker, wire, begin, 500);
        },
        { settings: noWindow },
      ),
  },
];

const txnHeaders = callHeaders(KV.methods.txn.path);

function largeTransaction(): Uint8Array {
  const value = Buffer.alloc(10_240);
  const put = (index: number) => ({ key: Buffer.from(`hostile/${index}`), value });
  const success = Array.from({ length: 128 }, (_, index) => ({
    request: { case: 'requestPut', value: put(index) } as const,
  }));
  return KV.methods.txn.request.encode({ success });
}

const busy: readonly Attack[] = [
  manyCalls('gets', 'gets a key as fast as the connection allows', () => getRequest, 100),
  manyCalls('lists', 'requests a megabyte as fast as the connection allows', () => listRequest, 5),
  manyCalls('counts', 'counts a thousand keys as fast as the connection allows', () => countRequest),
  manyCalls('unlike counts', 'counts a different range in each request', (turn) =>
    requestOf(KV.methods.range, { key: Buffer.from('a'), rangeEnd: Buffer.from(`stored/~${turn}`), countOnly: true }),
  ),
  manyCalls(
    'puts',
    'puts as fast as the connection allows',
    (turn) => putOf(`hostile/${turn % 100}`, Buffer.alloc(100)),
    10,
  ),
  {
    name: 'large transactions',
    does: 'sends transactions of 128 puts of 10 KiB, eight at a time',
    // etcd needs more.
    bounds: { p99MsMax: 100, memoryMebibytesMax: 300 },
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        const message = grpcMessage(largeTransaction());
        const send = async () => wire.data(await wire.start(txnHeaders), message, { endsStream: true });
        while (wire.isOpen) await Promise.all([send(), send()]);
      }),
  },
  manyCalls('hashes', 'requests the hash of the whole store', () => requestOf(Maintenance.methods.hashKV, {}), 5),
  manyCalls('states', 'requests the status', () => requestOf(Maintenance.methods.status, {})),
  manyCalls(
    'lock waiters',
    'waits for one lock on the maximum number of streams',
    () => requestOf(Lock.methods.lock, { name: Buffer.from('hostile') }),
    10,
  ),
  manyCalls(
    'changes of roles',
    'adds roles while auth is disabled, as fast as the connection allows',
    (turn) => requestOf(Auth.methods.roleAdd, { name: `role-${turn}-${Date.now()}` }),
    10,
  ),
  manyCalls('leases', 'grants leases', () => requestOf(Lease.methods.leaseGrant, { ttl: 3_600 }), 10),
  {
    name: 'keepalives',
    does: 'renews an unknown lease without end',
    run: (attacker) =>
      keepConnected(attacker, (wire) =>
        messages(
          wire,
          bidirectional.keepAlive,
          repeated(grpcMessage(Lease.methods.leaseKeepAlive.request.encode({ id: 77n })), 1_000),
        ),
      ),
  },
  {
    name: 'watches in a loop',
    does: 'creates and cancels watches without end',
    run: (attacker) =>
      keepConnected(attacker, (wire) =>
        messages(wire, bidirectional.watch, repeated(Buffer.concat([createWatch(5n), cancelWatch(5n)]), 200)),
      ),
  },
  {
    name: 'questions for progress',
    does: 'requests the progress of a watch stream without end',
    run: (attacker) =>
      keepConnected(attacker, (wire) =>
        messages(wire, bidirectional.watch, Buffer.concat([createWatch(0n), repeated(askForProgress, 2_000)])),
      ),
  },
];

/** A message of 2 MiB with a million fields. */
const manyFields = grpcMessage(repeated(Buffer.of(0x0a, 0), 2 ** 20));

const fields: readonly Attack[] = [
  {
    name: 'a million fields',
    does: 'sends puts of a million empty fields',
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        while (await wire.data(await wire.start(putHeaders), manyFields, { endsStream: true }));
      }),
  },
  {
    name: 'watches of large keys',
    does: 'watches keys of 1.5 MiB, a new one in each request',
    // The conversion of each key takes 8 ms.
    bounds: { p99MsMax: 100 },
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        const streamId = await wire.start(callHeaders(bidirectional.watch));
        const key = Buffer.alloc(1_500_000, 'k');
        for (let watchId = 1; ; watchId += 1) {
          key.writeUInt32BE(watchId);
          const create = { key, watchId: BigInt(watchId) };
          const message = watchMessage({ requestUnion: { case: 'createRequest', value: create } });
          if (!(await wire.data(streamId, message))) return;
        }
      }),
  },
];

const names: readonly Attack[] = [
  {
    name: 'names of roles that look like addresses',
    does: 'adds, without a token, roles whose name is `//a:` repeated 20,000 times',
    needs: 'auth',
    bounds: { p99MsMax: 20 },
    run: (attacker) =>
      keepConnected(
        attacker,
        async (wire) => {
          const body = Auth.methods.roleAdd.request.encode({ name: '//a:'.repeat(20_000) });
          // 4 MiB of it.
          for (let sent = 0; sent < 50; sent += 1) {
            const streamId = await wire.start(callHeaders(Auth.methods.roleAdd.path));
            if (!(await wire.data(streamId, grpcMessage(body), { endsStream: true }))) return;
          }
          await pause(attacker, 2 ** 30);
        },
        { count: 1 },
      ),
  },
  {
    name: 'large names of users',
    does: 'requests tokens for 482 user names of 1.9 MiB',
    needs: 'auth',
    bounds: smallMemory,
    run: (attacker) =>
      keepConnected(
        attacker,
        async (wire) => {
          for (let user = 0; user < 482 / 2; user += 1) {
            const name = `${user}-${'u'.repeat(1_900_000)}`;
            const body = Auth.methods.authenticate.request.encode({ name, password: 'x' });
            const streamId = await wire.start(callHeaders(Auth.methods.authenticate.path));
            if (!(await wire.data(streamId, grpcMessage(body), { endsStream: true }))) return;
          }
          await pause(attacker, 2 ** 30);
        },
        { count: 2 },
      ),
  },
  {
    name: 'wrong passwords',
    does: 'requests the token of root with a wrong password',
    needs: 'auth',
    run: (attacker) =>
      keepConnected(attacker, (wire) =>
        calls(attacker, wire, () => requestOf(Auth.methods.authenticate, { name: 'root', password: 'x' }), 10),
      ),
  },
];

export const callAttacks: readonly Attack[] = [...unfinished, ...unread, ...busy, ...fields, ...names];

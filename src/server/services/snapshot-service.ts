import { createHash } from 'node:crypto';
import { markSingleUse } from '../../kit/memory.ts';
import {
  HashKVResponse,
  HashResponse,
  Maintenance,
  SnapshotResponse,
} from '../../wire/generated/etcdserverpb/maintenance.ts';
import { PieceWriter } from '../../wire/piece-writer.ts';
import { clusterVersion, storageVersion } from '../replies/versions.ts';
import { serverLimits } from '../server-limits.ts';
import type { Message, MessageStream, Method } from '../transport/grpc/method.ts';
import type { ServiceContext } from './service-context.ts';
import { serverStream, unary } from './service-method.ts';

/** The methods of etcdserverpb.Maintenance that read the whole store. Only root may call them. */
export function snapshotService({ access, store, headers, config }: ServiceContext): readonly Method[] {
  const { hash, hashKV, snapshot } = Maintenance.methods;
  const emulated = config.emulatedEtcdVersion;
  const versions = { storage: storageVersion(emulated), cluster: clusterVersion(emulated) };
  return [
    unary(hash, async (_request, call) => {
      await access.admin(call);
      const found = await store.hash({ versions, signal: call.signal });
      return HashResponse.encode({ header: headers.message(found.revision), hash: found.hash });
    }),
    unary(hashKV, async ({ revision }, call) => {
      await access.admin(call);
      const found = await store.hashKeys(revision, call);
      return HashKVResponse.encode({
        header: headers.message(found.headRevision),
        hash: found.hash,
        compactRevision: found.compactRevision,
        hashRevision: found.revision,
      });
    }),
    serverStream(snapshot, {
      parse: () => undefined,
      async answer(_request, stream, call) {
        await access.admin(call);
        await store.snapshot({ versions, signal: call.signal }, ({ bytes, chunks }) =>
          sendFile(chunks(), bytes, { stream, version: versions.storage }),
        );
      },
    }),
  ];
}

/**
 * Sends the file in pieces, of the same size as in etcd. The last message is the SHA-256 of the
 * file.
 */
async function sendFile(
  chunks: AsyncIterable<Buffer>,
  bytes: number,
  { stream, version }: { readonly stream: MessageStream; readonly version: string },
): Promise<void> {
  const sum = createHash('sha256');
  let remainingBytes = bytes;
  const versionField = SnapshotResponse.encode({ version });
  for await (const chunk of chunks) {
    sum.update(chunk);
    const messages: Message[] = [];
    for (let start = 0; start < chunk.length; start += serverLimits.snapshotPieceBytes) {
      const blob = chunk.subarray(start, start + serverLimits.snapshotPieceBytes);
      remainingBytes -= blob.length;
      // The last piece of a chunk is sent last.
      if (start + blob.length === chunk.length) markSingleUse(blob);
      messages.push(pieceOf({ remainingBytes, blob, version: versionField }));
    }
    if (!stream.send(messages)) await stream.drained();
  }
  stream.send([SnapshotResponse.encode({ remainingBytes, blob: sum.digest(), version })]);
}

/** Tags of SnapshotResponse: field number and wire type. */
const remainingBytesTag = 0x10;
const blobTag = 0x1a;

/** Encodes a SnapshotResponse without a copy of the blob. */
function pieceOf({ remainingBytes, blob, version }: PieceOfFile): Message {
  const writer = new PieceWriter();
  writer.number(remainingBytesTag, remainingBytes);
  writer.raw(version);
  writer.varint(blobTag);
  writer.varint(blob.length);
  writer.raw(blob);
  return writer.finish();
}

interface PieceOfFile {
  readonly remainingBytes: number;
  readonly blob: Buffer;
  /** The encoded field. */
  readonly version: Buffer;
}

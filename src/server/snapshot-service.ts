import { createHash } from 'node:crypto';
import { freeLarge, markSingleUse } from '../memory.ts';
import {
  HashKVResponse,
  HashResponse,
  Maintenance,
  SnapshotResponse,
} from '../wire/generated/etcdserverpb/maintenance.ts';
import { serverLimits } from './server-limits.ts';
import type { ServiceContext } from './service-context.ts';
import type { MessageStream, Method } from './transport.ts';
import { unary } from './unary.ts';
import { clusterVersion, storageVersion } from './versions.ts';

/** The calls of etcdserverpb.Maintenance that read all there is: for root alone. */
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
      const found = await store.hashKeys(revision, call.signal);
      return HashKVResponse.encode({
        header: headers.message(found.headRevision),
        hash: found.hash,
        compactRevision: found.compactRevision,
        hashRevision: found.revision,
      });
    }),
    {
      path: snapshot.path,
      kind: 'serverStream',
      async handle(_bytes, stream, call) {
        await access.admin(call);
        await store.snapshot({ versions, signal: call.signal }, ({ bytes, chunks }) =>
          sendFile(chunks(), bytes, { stream, version: versions.storage }),
        );
      },
    },
  ];
}

/** In pieces of etcd's size; the SHA-256 of all is the last. */
async function sendFile(
  chunks: AsyncIterable<Buffer>,
  bytes: number,
  { stream, version }: { readonly stream: MessageStream; readonly version: string },
): Promise<void> {
  const sum = createHash('sha256');
  let remainingBytes = bytes;
  for await (const chunk of chunks) {
    sum.update(chunk);
    const messages: Buffer[] = [];
    for (let start = 0; start < chunk.length; start += serverLimits.snapshotPieceBytes) {
      const blob = chunk.subarray(start, start + serverLimits.snapshotPieceBytes);
      remainingBytes -= blob.length;
      const message = SnapshotResponse.encode({ remainingBytes, blob, version });
      if (message.byteLength === message.buffer.byteLength) markSingleUse(message);
      messages.push(message);
    }
    freeLarge([chunk]);
    if (!stream.send(messages)) await stream.drained();
  }
  stream.send([SnapshotResponse.encode({ remainingBytes, blob: sum.digest(), version })]);
}

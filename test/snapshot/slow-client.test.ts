import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type ClientHttp2Stream, connect } from 'node:http2';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ClientReadableStream, credentials } from '@grpc/grpc-js';
import { etcdProgramVersion } from '../support/etcd-version.ts';
import { etcdctl } from '../support/etcdctl.ts';
import { EtcdClient, ownServer, Server, sleep, TINE_DRIVERS, waitFor } from '../support/index.ts';
import { serviceClient } from '../support/proto.ts';
import { onThisMachine } from '../support/slowness.ts';
import { snapshotStatus } from './etcd-tools.ts';
import { ownDirectory } from './seen.ts';

interface Piece {
  readonly blob: Buffer;
  readonly remaining_bytes: { toNumber(): number };
  readonly version: string;
}

/** A snapshot that arrives as fast as it is read. */
function openSnapshot(context: TestContext, address: string): ClientReadableStream<Piece> {
  const Constructor = serviceClient('etcdserverpb.Maintenance');
  const client = new Constructor(address, credentials.createInsecure());
  context.after(() => client.close());
  const call = (client as unknown as { Snapshot(request: object): ClientReadableStream<Piece> }).Snapshot({});
  call.on('error', () => {});
  return call;
}

/**
 * A snapshot of which nothing is read. @grpc/grpc-js reads ahead of its caller, without a bound.
 */
function openUnread(context: TestContext, url: string): ClientHttp2Stream {
  const session = connect(url);
  session.on('error', () => undefined);
  context.after(() => session.destroy());
  const path = '/etcdserverpb.Maintenance/Snapshot';
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request(headers);
  stream.on('error', () => undefined);
  // A request without fields.
  stream.end(Buffer.alloc(5));
  return stream.pause();
}

const keyCount = 2_000;
/** More bytes than the buffers between server and client hold. */
const value = 'v'.repeat(10_000);

for (const driver of TINE_DRIVERS.slice(0, 1)) {
  test(`${driver.name}: a client that reads slowly receives a complete snapshot of one revision, whatever is compacted meanwhile`, async (context) => {
    const { server, client } = await ownServer(context, {
      driver,
      arguments: ['--emulated-etcd-version', etcdProgramVersion()],
    });
    const other = await Server.start({ driver, dataDirectory: server.dataDirectory });
    const otherClient = new EtcdClient(other.address);
    context.after(async () => {
      otherClient.close();
      await other.remove();
    });
    for (let index = 0; index < keyCount; index += 50) {
      const success = Array.from({ length: 50 }, (_, place) => ({
        request_put: { key: `/k/${index + place}`, value },
      }));
      await client.txn({ success });
    }
    const { revision } = (await client.range({ key: '/k/0' })).header;

    const call = openSnapshot(context, server.address);
    const pieces = call[Symbol.asyncIterator]();
    const first = (await pieces.next()).value as Piece;
    // Every key is overwritten, and compaction could delete the old rows.
    for (let index = 0; index < keyCount; index += 50) {
      const success = Array.from({ length: 50 }, (_, place) => ({ request_put: { key: `/k/${index + place}` } }));
      await otherClient.txn({ success });
    }
    const head = (await client.range({ key: '/k/0' })).header.revision;
    await otherClient.compact({ revision: head });
    await sleep(1_000);

    const blobs = [first.blob];
    let last = first;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
      last = next.value;
      blobs.push(last.blob);
    }
    assert.equal(last.remaining_bytes.toNumber(), 0);
    const file = Buffer.concat(blobs.slice(0, -1));
    assert.equal(first.remaining_bytes.toNumber() + first.blob.length, file.length);
    assert.deepEqual(last.blob, createHash('sha256').update(file).digest());
    const path = join(ownDirectory(context), 'snapshot.db');
    writeFileSync(path, Buffer.concat(blobs));
    const status = snapshotStatus(path);
    assert.deepEqual([status.revision, status.totalKey], [revision, keyCount]);
    // The compaction deletes the rows.
    await otherClient.compact({ revision: (await client.put({ key: 'more' })).header.revision, physical: true });
  });

  test(`${driver.name}: snapshots whose clients do not read are ended in favour of others and do not delay hashes`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    for (let index = 0; index < 60; index += 1) await client.put({ key: `/k/${index}`, value: value.repeat(30) });
    const unread = Array.from({ length: 12 }, () => openUnread(context, server.url));
    const messages: string[] = [];
    for (const stream of unread) {
      stream.on('trailers', (trailers) => messages.push(`${trailers['grpc-status']} ${trailers['grpc-message']}`));
    }
    await sleep(1_500);
    const beganMs = performance.now();
    const path = join(ownDirectory(context), 'snapshot.db');
    const saved = await etcdctl(server.address, ['snapshot', 'save', path]);
    assert.equal(saved.status, 0, saved.stderr);
    const hashed = await etcdctl(server.address, ['endpoint', 'hashkv']);
    assert.equal(hashed.status, 0, hashed.stderr);
    const tookMs = performance.now() - beganMs;
    assert.ok(tookMs < onThisMachine(10_000), `${tookMs} ms`);
    // A client whose snapshot was ended receives the error when it reads.
    for (const stream of unread) stream.resume();
    await waitFor('an end that says why', () =>
      messages.some((message) => /^10 etcdserver: the snapshot ended because its client did/.test(message)),
    );
  });
}

import { CompareTarget, KV, type RangeResponse } from '../../src/wire/generated/etcdserverpb/kv.ts';
import type { Connection } from './connection.ts';

/** The requests a Kubernetes API server sends. */

/** Writes a key that must not exist. Returns its revision. */
export async function create(connection: Connection, key: Buffer, value: Buffer): Promise<number> {
  const reply = await connection.call(KV.methods.txn, {
    compare: [isAt(key, 0)],
    success: [{ request: { case: 'requestPut', value: { key, value } } }],
  });
  if (!reply.succeeded) throw new Error('the key exists');
  return reply.header?.revision ?? 0;
}

/**
 * Writes a key that was last written at `revision`. Returns the new revision, or, when another
 * client wrote first, the revision of that write.
 */
export async function update(connection: Connection, key: Buffer, value: Buffer, revision: number): Promise<number> {
  const reply = await connection.call(KV.methods.txn, {
    compare: [isAt(key, revision)],
    success: [{ request: { case: 'requestPut', value: { key, value } } }],
    failure: [{ request: { case: 'requestRange', value: { key } } }],
  });
  if (reply.succeeded) return reply.header?.revision ?? 0;
  const found = reply.responses[0]?.response;
  return found?.case === 'responseRange' ? (found.value.kvs[0]?.modRevision ?? 0) : 0;
}

/** Deletes a key last written at `revision`. */
export async function remove(connection: Connection, key: Buffer, revision: number): Promise<void> {
  const reply = await connection.call(KV.methods.txn, {
    compare: [isAt(key, revision)],
    success: [{ request: { case: 'requestDeleteRange', value: { key } } }],
    failure: [{ request: { case: 'requestRange', value: { key } } }],
  });
  if (!reply.succeeded) throw new Error('the key was written by somebody else');
}

export async function get(connection: Connection, key: Buffer): Promise<void> {
  const { kvs } = await connection.call(KV.methods.range, { key });
  if (kvs.length !== 1) throw new Error(`${kvs.length} keys instead of 1`);
}

/** The keys of a prefix from `key` on, at most `limit`; 0: all. */
export function list(connection: Connection, prefix: string, key: Buffer, limit: number): Promise<RangeResponse> {
  return connection.call(KV.methods.range, { key, rangeEnd: prefixEnd(prefix), limit });
}

export async function count(connection: Connection, prefix: string): Promise<number> {
  const request = { key: Buffer.from(prefix), rangeEnd: prefixEnd(prefix), countOnly: true };
  return (await connection.call(KV.methods.range, request)).count;
}

/** The first key after all that begin with `prefix`, which ends in an ASCII character. */
export function prefixEnd(prefix: string): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end;
}

function isAt(key: Buffer, modRevision: number) {
  return { key, target: CompareTarget.MOD, targetUnion: { case: 'modRevision', value: modRevision } } as const;
}

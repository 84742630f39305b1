import type { CallOptions } from '../client.ts';
import type { EtcdClient, KeyValue, RequestOp, TxnResponse } from '../index.ts';
import { RpcError, withPrefix } from '../index.ts';
import type { Pair, Reply, Request } from './recording.ts';

/** Sends the request as calls of the etcd API. */
export async function ask(client: EtcdClient, request: Request, options: CallOptions): Promise<Reply> {
  switch (request.kind) {
    case 'get': {
      const { header, kvs } = await client.range({ key: request.key }, options);
      return { revision: header.revision, wrote: false, seen: kvs.map(pairOf) };
    }
    case 'list': {
      const { header, kvs } = await client.range(withPrefix(request.prefix), options);
      return { revision: header.revision, wrote: false, seen: kvs.map(pairOf) };
    }
    case 'delete': {
      const reply = await client.deleteRange({ key: request.key, prev_kv: true }, options);
      return { revision: reply.header.revision, wrote: reply.deleted > 0, seen: reply.prev_kvs.map(pairOf) };
    }
    case 'put': {
      const { keys, value } = request;
      const success = keys.map((key): RequestOp => ({ request_put: { key, value, prev_kv: true } }));
      return replyOf(await client.txn({ success }, options));
    }
    case 'swap': {
      const { key, value, expectedRevision } = request;
      const compare = [{ key, target: 'MOD', result: 'EQUAL', mod_revision: expectedRevision }] as const;
      const success = [{ request_put: { key, value, prev_kv: true } }];
      return replyOf(await client.txn({ compare, success, failure: [{ request_range: { key } }] }, options));
    }
  }
}

export function pairOf({ key, value, create_revision, mod_revision, version }: KeyValue): Pair {
  return {
    key: key.toString(),
    value: value.toString(),
    createRevision: create_revision,
    modRevision: mod_revision,
    version,
  };
}

/**
 * Whether the request certainly never reached the server.
 * @throws failures that no outage explains.
 */
export function neverArrived(error: unknown): boolean {
  if (!(error instanceof RpcError)) throw error;
  if (!isOutage(error)) throw error;
  return error.code === 'UNAVAILABLE' && error.details.startsWith('No connection established');
}

/** Whether the failure is that of a server or database that ended; any other failure is a bug. */
function isOutage({ code, details }: RpcError): boolean {
  if (code === 'INTERNAL') return details.includes('RST_STREAM');
  return code === 'UNAVAILABLE' || code === 'DEADLINE_EXCEEDED' || code === 'CANCELLED';
}

/** The reply of a transaction that writes if it succeeds and reads if not. */
function replyOf({ header, succeeded, responses }: TxnResponse): Reply {
  const seen = responses.flatMap(
    ({ response_put, response_range }) => response_put?.prev_kv ?? response_range?.kvs ?? [],
  );
  return { revision: header.revision, wrote: succeeded, seen: seen.map(pairOf) };
}

/**
 * Reads whole lists in a separate thread: decoding a hundred megabytes must not delay the other
 * operations that are timed.
 */
import { KV } from '../../src/wire/generated/etcdserverpb/kv.ts';
import { Connection } from '../load/connection.ts';
import { list, prefixEnd } from '../load/requests.ts';
import { answerOrders } from './answer-orders.ts';

export interface ListOrder {
  readonly address: string;
  readonly method: 'Range' | 'RangeStream';
  readonly prefix: string;
}

export interface ListResult {
  readonly keyCount: number;
}

answerOrders(async ({ address, method, prefix }: ListOrder): Promise<ListResult> => {
  const connection = await Connection.open(address);
  try {
    if (method === 'RangeStream') return { keyCount: await streamed(connection, prefix) };
    return { keyCount: (await list(connection, prefix, Buffer.from(prefix), 0)).kvs.length };
  } finally {
    connection.close();
  }
});

function streamed(connection: Connection, prefix: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let keyCount = 0;
    const stream = connection.stream(KV.methods.rangeStream, {
      onMessage: ({ rangeResponse }) => {
        keyCount += rangeResponse?.kvs.length ?? 0;
      },
      onEnd: (error) => (error === undefined ? resolve(keyCount) : reject(error)),
    });
    stream.send({ key: Buffer.from(prefix), rangeEnd: prefixEnd(prefix) });
  });
}

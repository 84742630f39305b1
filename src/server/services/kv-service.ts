import { within } from '../../kit/within.ts';
import type { RangeResult } from '../../mvcc/results.ts';
import { isReadOnlyTxn } from '../../mvcc/writes/read-only-txn.ts';
import { describeOperation } from '../../store/describe-operation.ts';
import type { WatchHub } from '../../watch/hub.ts';
import { CompactionResponse, KV } from '../../wire/generated/etcdserverpb/kv.ts';
import { adminNeed, deleteNeed, putNeed, rangeNeed, txnNeed } from '../access/needs.ts';
import { checkOperationCount } from '../parsing/check-operation-count.ts';
import { checkRequestSize } from '../parsing/check-request-size.ts';
import { decodeRequest } from '../parsing/decode-request.ts';
import { parseRange, parseRangeStream } from '../parsing/parse-range.ts';
import { parseTxn } from '../parsing/parse-txn.ts';
import { parseDelete, parsePut } from '../parsing/parse-write.ts';
import { deleteReply, putReply, rangeReply, rangeStreamReply, txnReply } from '../replies/kv-replies.ts';
import { serverLimits } from '../server-limits.ts';
import type { Method } from '../transport/grpc/method.ts';
import type { ServiceContext } from './service-context.ts';
import { unary } from './unary.ts';

/**
 * etcdserverpb.KV. As in etcd, a compaction takes no events from the watchers of this instance:
 * they are read before, also right after an outage of the database.
 */
export function kvService(
  { access, store, headers, config }: ServiceContext,
  hub: Pick<WatchHub, 'position' | 'catchUp'>,
): readonly Method[] {
  const { range, rangeStream, put, deleteRange, txn, compact } = KV.methods;
  const operationsMax = config.maxTxnOps;
  const fieldsMax = Math.max(serverLimits.txnFieldsMin, operationsMax * serverLimits.fieldsPerTxnOperation);
  const decodeTxn = (bytes: Uint8Array) => {
    checkOperationCount(bytes, { operationsMax, fieldsMax });
    return decodeRequest(txn.request, bytes, { fieldsMax });
  };
  return [
    unary(range, async (request, call) => {
      const operation = parseRange(request);
      call.about(() => describeOperation(operation));
      return rangeReply(await access.read(call, rangeNeed(operation), () => store.range(operation, call)), headers);
    }),
    {
      path: rangeStream.path,
      kind: 'serverStream',
      async handle(bytes, stream, call) {
        const operation = parseRangeStream(decodeRequest(rangeStream.request, bytes));
        let waiting: RangeResult | undefined;
        const parts = access.parts(call, rangeNeed(operation), () => store.rangeParts(operation, call));
        for await (const part of parts) {
          if (waiting !== undefined && !stream.send([rangeStreamReply(waiting, { last: undefined })])) {
            await stream.drained();
          }
          waiting = part;
        }
        if (waiting !== undefined) stream.send([rangeStreamReply(waiting, { last: headers })]);
      },
    },
    unary(put, async (request, call, bytes) => {
      const operation = parsePut(request);
      call.about(() => describeOperation(operation));
      checkRequestSize(bytes, config);
      return putReply(await access.write(call, putNeed(operation), (by) => store.put(operation, by)), headers);
    }),
    unary(deleteRange, async (request, call, bytes) => {
      const operation = parseDelete(request);
      call.about(() => describeOperation(operation));
      checkRequestSize(bytes, config);
      const result = await access.write(call, deleteNeed(operation), (by) => store.deleteRange(operation, by));
      return deleteReply(result, headers);
    }),
    unary(
      txn,
      async (request, call, bytes) => {
        const operation = parseTxn(request, { operationsMax });
        call.about(() => describeOperation(operation));
        if (!isReadOnlyTxn(operation)) checkRequestSize(bytes, config);
        return txnReply(await access.write(call, txnNeed(operation), (by) => store.txn(operation, by)), headers);
      },
      decodeTxn,
    ),
    unary(compact, async ({ revision, physical }, call, bytes) => {
      checkRequestSize(bytes, config);
      call.about(() => describeOperation({ kind: 'compact', revision }));
      const result = await access.write(call, adminNeed, async (by) => {
        if (hub.position.revision < revision)
          await within(serverLimits.eventsBeforeCompactionMsMax, hub.catchUp(), () => undefined);
        return store.compact({ revision, physical }, by);
      });
      return CompactionResponse.encode({ header: headers.message(result.revision) });
    }),
  ];
}

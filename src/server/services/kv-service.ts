import type { RangeResult } from '../../mvcc/results.ts';
import { isReadOnlyTxn } from '../../mvcc/writes/read-only-txn.ts';
import { describeOperation } from '../../store/describe-operation.ts';
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
import { parsedUnary, serverStream, unary } from './service-method.ts';

/** etcdserverpb.KV. */
export function kvService({ access, store, headers, config }: ServiceContext): readonly Method[] {
  const { range, rangeStream, put, deleteRange, txn, compact } = KV.methods;
  const operationsMax = config.maxTxnOps;
  const fieldsMax = Math.max(serverLimits.txnFieldsMin, operationsMax * serverLimits.fieldsPerTxnOperation);
  const decodeTxn = (bytes: Uint8Array) => {
    checkOperationCount(bytes, { operationsMax, fieldsMax });
    return decodeRequest(txn.request, bytes, { fieldsMax });
  };
  return [
    parsedUnary(range, {
      parse: parseRange,
      async answer(operation, call) {
        call.about(() => describeOperation(operation));
        return rangeReply(await access.read(call, rangeNeed(operation), () => store.range(operation, call)), headers);
      },
    }),
    serverStream(rangeStream, {
      parse: parseRangeStream,
      async answer(operation, stream, call) {
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
    }),
    parsedUnary(put, {
      parse: parsePut,
      async answer(operation, call, size) {
        call.about(() => describeOperation(operation));
        checkRequestSize(size, config);
        return putReply(await access.write(call, putNeed(operation), (by) => store.put(operation, by)), headers);
      },
    }),
    parsedUnary(deleteRange, {
      parse: parseDelete,
      async answer(operation, call, size) {
        call.about(() => describeOperation(operation));
        checkRequestSize(size, config);
        const result = await access.write(call, deleteNeed(operation), (by) => store.deleteRange(operation, by));
        return deleteReply(result, headers);
      },
    }),
    parsedUnary(txn, {
      decode: decodeTxn,
      parse: (request) => parseTxn(request, { operationsMax }),
      async answer(operation, call, size) {
        call.about(() => describeOperation(operation));
        if (!isReadOnlyTxn(operation)) checkRequestSize(size, config);
        return txnReply(await access.write(call, txnNeed(operation), (by) => store.txn(operation, by)), headers);
      },
    }),
    unary(compact, async ({ revision, physical }, call, size) => {
      checkRequestSize(size, config);
      call.about(() => describeOperation({ kind: 'compact', revision }));
      const result = await access.write(call, adminNeed, (by) => store.compact({ revision, physical }, by));
      return CompactionResponse.encode({ header: headers.message(result.revision) });
    }),
  ];
}

import { etcdError, unreachable } from '../../errors.ts';
import type { Compare, CompareResult, TxnOperation, TxnStep } from '../../mvcc/operations.ts';
import {
  CompareTarget,
  type RequestOp,
  type TxnRequest,
  type Compare as WireCompare,
  CompareResult as WireCompareResult,
} from '../../wire/generated/etcdserverpb/kv.ts';
import { checkOverlaps } from './check-overlaps.ts';
import { parseKeys } from './parse-keys.ts';
import { parseRange } from './parse-range.ts';
import { ownBytes, parseDelete, parsePut } from './parse-write.ts';

/**
 * Parses a transaction and all its operations.
 *
 * @throws EtcdError as etcd 3.7 does, in its order: too many operations, then faults of single
 * operations, then keys written twice
 */
export function parseTxn(request: TxnRequest, { operationsMax }: { operationsMax: number }): TxnOperation {
  const operation = parseNestedTxn(request, operationsMax);
  checkOverlaps(operation.success);
  checkOverlaps(operation.failure);
  return operation;
}

function parseNestedTxn(request: TxnRequest, operationsMax: number): TxnOperation {
  const operations = Math.max(request.compare.length, request.success.length, request.failure.length);
  if (operations > operationsMax) throw etcdError('tooManyOperations');
  // Operations of a level reduce the limit of its inner transactions.
  const innerOperationsMax = operationsMax - operations;
  return {
    kind: 'txn',
    compares: request.compare.map(parseCompare),
    success: request.success.map((each) => parseStep(each, innerOperationsMax)),
    failure: request.failure.map((each) => parseStep(each, innerOperationsMax)),
  };
}

function parseStep({ request }: RequestOp, operationsMax: number): TxnStep {
  switch (request?.case) {
    case 'requestRange':
      return parseRange(request.value);
    case 'requestPut':
      return parsePut(request.value);
    case 'requestDeleteRange':
      return parseDelete(request.value);
    case 'requestTxn':
      return parseNestedTxn(request.value, operationsMax);
    case undefined:
      // etcd's answer to an empty operation.
      throw etcdError('keyNotFound');
    default:
      return unreachable(request);
  }
}

/** Indexed by the number on the wire. */
const compareResults: readonly CompareResult[] = ['equal', 'greater', 'less', 'notEqual'];

function parseCompare(compare: WireCompare): Compare {
  const keys = parseKeys(compare);
  const result = compareResults[compare.result];
  const { targetUnion: operand } = compare;
  // An operand of another kind than the target counts as missing: 0, or an empty value.
  switch (compare.target) {
    case CompareTarget.VERSION:
      if (result === undefined) return always(keys);
      return { keys, result, target: 'version', number: operand?.case === 'version' ? operand.value : 0 };
    case CompareTarget.CREATE:
      if (result === undefined) return always(keys);
      return { keys, result, target: 'create', number: operand?.case === 'createRevision' ? operand.value : 0 };
    case CompareTarget.MOD:
      if (result === undefined) return always(keys);
      return { keys, result, target: 'mod', number: operand?.case === 'modRevision' ? operand.value : 0 };
    case CompareTarget.VALUE:
      // Any value matches, but a missing key has no value.
      if (result === undefined) return { keys, result: 'greater', target: 'version', number: 0 };
      return { keys, result, target: 'value', value: ownBytes(operand?.case === 'value' ? operand.value : noBytes) };
    case CompareTarget.LEASE:
      if (result === undefined) return always(keys);
      return { keys, result, target: 'lease', lease: operand?.case === 'lease' ? operand.value : 0n };
    default:
      // etcd takes an unknown target as equal.
      return compare.result === WireCompareResult.GREATER ||
        compare.result === WireCompareResult.LESS ||
        compare.result === WireCompareResult.NOT_EQUAL
        ? never(keys)
        : always(keys);
  }
}

const noBytes = new Uint8Array(0);

/** Always true, because a version is at least 0. An unknown relation is also true in etcd. */
function always(keys: Compare['keys']): Compare {
  return { keys, result: 'greater', target: 'version', number: -1 };
}

function never(keys: Compare['keys']): Compare {
  return { keys, result: 'less', target: 'version', number: 0 };
}

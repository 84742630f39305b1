import type { Int, Outcome } from '../parity/message.ts';
import * as errors from './model-errors.ts';

export type Range = {
  readonly key?: Buffer;
  readonly range_end?: Buffer;
  readonly limit?: Int;
  readonly revision?: Int;
  readonly sort_order?: number;
  readonly sort_target?: number;
  readonly keys_only?: boolean;
  readonly count_only?: boolean;
  readonly min_mod_revision?: Int;
  readonly max_mod_revision?: Int;
  readonly min_create_revision?: Int;
  readonly max_create_revision?: Int;
};

export type Put = {
  readonly key?: Buffer;
  readonly value?: Buffer;
  readonly lease?: Int;
  readonly prev_kv?: boolean;
  readonly ignore_value?: boolean;
  readonly ignore_lease?: boolean;
};

export type DeleteRange = { readonly key?: Buffer; readonly range_end?: Buffer; readonly prev_kv?: boolean };

export type Compare = {
  readonly key?: Buffer;
  readonly range_end?: Buffer;
  readonly result?: number;
  readonly target?: number;
  readonly version?: Int;
  readonly create_revision?: Int;
  readonly mod_revision?: Int;
  readonly value?: Buffer;
  readonly lease?: Int;
};

/** At most one field is set. */
export type Operation = {
  readonly request_range?: Range;
  readonly request_put?: Put;
  readonly request_delete_range?: DeleteRange;
  readonly request_txn?: Txn;
};

export type Txn = {
  readonly compare?: readonly Compare[];
  readonly success?: readonly Operation[];
  readonly failure?: readonly Operation[];
};

export const operationCountMax = 128;

/**
 * What etcd refuses before it reads the store. `countMax` shrinks with the depth of a transaction.
 */
export function checkRequest(operation: Operation, countMax = operationCountMax): Outcome | undefined {
  if (operation.request_range) return checkRange(operation.request_range);
  if (operation.request_put) return checkPut(operation.request_put);
  if (operation.request_delete_range) return isEmpty(operation.request_delete_range.key) ? errors.emptyKey : undefined;
  if (operation.request_txn) return checkTxn(operation.request_txn, countMax);
  return errors.keyNotFound;
}

function checkRange(request: Range): Outcome | undefined {
  if (isEmpty(request.key)) return errors.emptyKey;
  return isEnum(request.sort_order, 2) && isEnum(request.sort_target, 4) ? undefined : errors.invalidSort;
}

function checkPut(request: Put): Outcome | undefined {
  if (isEmpty(request.key)) return errors.emptyKey;
  if (request.ignore_value === true && !isEmpty(request.value)) return errors.valueProvided;
  return request.ignore_lease === true && Number(request.lease ?? 0) !== 0 ? errors.leaseProvided : undefined;
}

function checkTxn(request: Txn, countMax: number): Outcome | undefined {
  const { compare = [], success = [], failure = [] } = request;
  const count = Math.max(compare.length, success.length, failure.length);
  if (count > countMax) return errors.tooManyOperations;
  if (compare.some((one) => isEmpty(one.key))) return errors.emptyKey;
  for (const operation of [...success, ...failure]) {
    const refused = checkRequest(operation, countMax - count);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

interface Touched {
  readonly puts: Set<string>;
  readonly deletes: DeletedRange[];
}

/**
 * A range as it is on the wire. An end of `\0` contains no key in this comparison, so etcd misses
 * the overlap with a delete from a key on.
 */
interface DeletedRange {
  readonly start: string;
  readonly end: string;
}

/** Refuses a key that is written twice in one transaction, as far as etcd detects it. */
export function checkDuplicates(request: Txn): Outcome | undefined {
  return touched(request.success ?? []) === undefined || touched(request.failure ?? []) === undefined
    ? errors.duplicateKey
    : undefined;
}

/**
 * What the operations write. Undefined where a put overlaps another put, or a delete that etcd
 * compares it with.
 */
function touched(operations: readonly Operation[]): Touched | undefined {
  const puts = new Set<string>();
  const deletes = operations.flatMap((operation) => deletedRange(operation.request_delete_range));
  const isFree = (key: string) => !puts.has(key) && !isDeleted(deletes, key);
  for (const { request_txn: nested } of operations) {
    if (!nested) continue;
    const onSuccess = touched(nested.success ?? []);
    const onFailure = touched(nested.failure ?? []);
    if (onSuccess === undefined || onFailure === undefined) return undefined;
    if (![...onSuccess.puts].every(isFree)) return undefined;
    for (const key of onSuccess.puts) puts.add(key);
    // Only one of the two branches runs, so both may put a key.
    if (![...onFailure.puts].every((key) => (onSuccess.puts.has(key) ? !isDeleted(deletes, key) : isFree(key))))
      return undefined;
    for (const key of onFailure.puts) puts.add(key);
    // Deletes of a nested transaction are compared with the puts of later nested transactions, not
    // with the puts of earlier ones.
    deletes.push(...onSuccess.deletes, ...onFailure.deletes);
  }
  for (const { request_put: put } of operations) {
    if (!put) continue;
    const key = put.key?.toString('latin1') ?? '';
    if (!isFree(key)) return undefined;
    puts.add(key);
  }
  return { puts, deletes };
}

function deletedRange(request: DeleteRange | undefined): DeletedRange[] {
  if (!request) return [];
  return [{ start: request.key?.toString('latin1') ?? '', end: request.range_end?.toString('latin1') ?? '' }];
}

function isDeleted(ranges: readonly DeletedRange[], key: string): boolean {
  return ranges.some(({ start, end }) => (end === '' ? key === start : key >= start && key < end));
}

function isEmpty(bytes: Buffer | undefined): boolean {
  return bytes === undefined || bytes.length === 0;
}

function isEnum(value: number | undefined, highest: number): boolean {
  return value === undefined || (value >= 0 && value <= highest);
}

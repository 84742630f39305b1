/** Describes an operation for the log: its keys, never its values. */

import { shortened } from '../kit/shortened.ts';
import type { Keys } from '../mvcc/ids.ts';
import type { Compare, RangeOperation, TxnOperation, TxnStep, WriteOperation } from '../mvcc/operations.ts';
import { endOfKeys, keyBytes } from '../sql/key-text.ts';

/** Characters shown of a key, and of the whole text. A transaction may name 128 keys. */
const keyLengthMax = 120;
const textLengthMax = 600;

export function describeOperation(operation: WriteOperation | RangeOperation): string {
  return shortened(describe(operation), textLengthMax);
}

function describe(operation: WriteOperation | TxnStep): string {
  switch (operation.kind) {
    case 'range':
      return `range:<${words([
        ...keyWords(operation.keys),
        operation.limit > 0 && `limit:${operation.limit}`,
        operation.revision > 0 && `revision:${operation.revision}`,
        operation.sort !== undefined && `sort_target:${operation.sort.target}`,
        operation.keysOnly && 'keys_only:true',
        operation.countOnly && 'count_only:true',
      ])}>`;
    case 'put':
      return `put:<${words([
        keyWord('key', operation.key),
        `value_size:${operation.value.length}`,
        operation.lease !== 0n && `lease:${operation.lease}`,
      ])}>`;
    case 'delete':
      return `delete_range:<${words(keyWords(operation.keys))}>`;
    case 'txn':
      return describeTxn(operation);
    case 'compact':
      return `compaction:<revision:${operation.revision}>`;
    case 'leaseGrant':
      return `lease_grant:<id:${operation.id} ttl:${operation.ttlSeconds}>`;
    case 'leaseRevoke':
      return `lease_revoke:<id:${operation.id}>`;
    default:
      return `${operation.kind}:<>`;
  }
}

function describeTxn({ compares, success, failure }: TxnOperation): string {
  return `txn:<${words([
    ...compares.map(describeCompare),
    ...success.map((step) => `success:<${describe(step)}>`),
    ...failure.map((step) => `failure:<${describe(step)}>`),
  ])}>`;
}

function describeCompare({ keys, target, result }: Compare): string {
  return `compare:<target:${target} result:${result} ${words(keyWords(keys))}>`;
}

function keyWords(keys: Keys): readonly string[] {
  if ('one' in keys) return [keyWord('key', keys.one)];
  return [keyWord('key', keys.start), keys.end === endOfKeys ? 'range_end:<all>' : keyWord('range_end', keys.end)];
}

/** Bytes that are not text are written as JSON escapes. */
function keyWord(name: string, text: string): string {
  const key = Buffer.from(keyBytes(text)).toString('utf8');
  return `${name}:${JSON.stringify(shortened(key, keyLengthMax))}`;
}

function words(parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join(' ');
}

import { etcdError } from '../../errors.ts';
import { Reader } from '../../wire/reader.ts';
import { WireType } from '../../wire/wire-type.ts';

/** Field numbers of a transaction: its compares, and the operations of its two branches. */
const lists = [1, 2, 3];

/**
 * Checks a transaction before it is decoded: a million empty operations fit into a message and take
 * 0.5 s.
 *
 * @throws EtcdError `tooManyOperations`, WireError
 */
export function checkOperationCount(
  request: Uint8Array,
  { operationsMax, fieldsMax }: { readonly operationsMax: number; readonly fieldsMax: number },
): void {
  const reader = new Reader(request, fieldsMax);
  const counts = new Map(lists.map((number) => [(number << 3) | WireType.bytes, 0]));
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const count = counts.get(tag);
    if (count === operationsMax) throw etcdError('tooManyOperations');
    if (count !== undefined) counts.set(tag, count + 1);
    reader.skip(tag);
  }
}

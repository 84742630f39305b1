import { etcdError } from '../../errors.ts';
import { Reader } from '../../wire/reader.ts';
import { WireType } from '../../wire/wire-type.ts';

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
  let compares = 0;
  let successes = 0;
  let failures = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === listTag(1)) compares += 1;
    else if (tag === listTag(2)) successes += 1;
    else if (tag === listTag(3)) failures += 1;
    if (compares > operationsMax || successes > operationsMax || failures > operationsMax)
      throw etcdError('tooManyOperations');
    reader.skip(tag);
  }
}

/** The tag of a list of a transaction: its compares, and the operations of its branches. */
function listTag(number: number): number {
  return (number << 3) | WireType.bytes;
}

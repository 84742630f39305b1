import { etcdError } from '../../errors.ts';
import type { Keys } from '../../mvcc/ids.ts';
import { endOfKeys, type KeyText, keyText } from '../../sql/key-text.ts';

/**
 * Parses the key and range end of Range, DeleteRange, Compare and Watch. @throws EtcdError when the
 * key is empty
 */
export function parseKeys({ key, rangeEnd }: { readonly key: Uint8Array; readonly rangeEnd: Uint8Array }): Keys {
  const start = parseKey(key);
  if (rangeEnd.length === 0) return { one: start };
  // A single zero byte: all keys from `key` on.
  const isOpen = rangeEnd.length === 1 && rangeEnd[0] === 0;
  return { start, end: isOpen ? endOfKeys : keyText(rangeEnd) };
}

/** @throws EtcdError when the key is empty */
export function parseKey(key: Uint8Array): KeyText {
  if (key.length === 0) throw etcdError('emptyKey');
  return keyText(key);
}

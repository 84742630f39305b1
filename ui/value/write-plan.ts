import { base64OfBytes, shownBytes } from '../bytes.ts';
import type { RangeReply } from '../messages.ts';
import type { Version } from './history.ts';

/** A write that waits for its confirmation. */
export interface WritePlan {
  readonly key: Uint8Array<ArrayBuffer>;
  /** The value to put; undefined: the key is deleted. */
  readonly value: Uint8Array<ArrayBuffer> | undefined;
  /**
   * The version that the user saw; undefined: the key did not exist. The write has no effect on
   * another version.
   */
  readonly seen: Version | undefined;
  /** The revision whose value is put back. */
  readonly restores?: string;
}

export interface TxnReply {
  readonly header: { readonly revision?: string };
  readonly succeeded?: boolean;
  readonly responses?: readonly { readonly response_range?: RangeReply }[];
}

/** The transaction of a plan, in the form of `kv/txn`. */
export function txnOf({ key, value, seen }: WritePlan): object {
  const name = base64OfBytes(key);
  // A put without a lease would take the key's lease away.
  const keepsLease = seen?.lease === undefined ? {} : { ignore_lease: true };
  return {
    compare: [
      seen === undefined
        ? { key: name, target: 'CREATE', result: 'EQUAL', create_revision: '0' }
        : { key: name, target: 'MOD', result: 'EQUAL', mod_revision: seen.modRevision },
    ],
    success: [
      value === undefined
        ? { request_delete_range: { key: name } }
        : { request_put: { key: name, value: base64OfBytes(value), ...keepsLease } },
    ],
    failure: [{ request_range: { key: name, keys_only: true } }],
  };
}

/** The compare of a plan, as a person reads it. */
export function compareOf({ key, seen }: WritePlan): string {
  const shown = shownBytes(key);
  return seen === undefined ? `create_revision(${shown}) = 0` : `mod_revision(${shown}) = ${seen.modRevision}`;
}

/** Why a transaction wrote nothing. */
export function conflictOf(reply: TxnReply): string {
  const found = reply.responses?.[0]?.response_range?.kvs?.[0];
  const now = found === undefined ? 'the key does not exist' : `its mod_revision is ${found.mod_revision}`;
  return `Nothing was written: the key has changed since you read it. Now ${now}. Read it again, then decide.`;
}

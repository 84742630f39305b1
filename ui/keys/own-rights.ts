import { call } from '../api.ts';
import { base64OfBytes, bytesOfBase64, prefixEnd } from '../bytes.ts';

/** Keys that a user may read. */
export type ReadableKeys =
  | { readonly kind: 'key' | 'prefix'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** From the first key up to, but without, the last. */
  | { readonly kind: 'interval'; readonly bytes: Uint8Array<ArrayBuffer>; readonly end: Uint8Array<ArrayBuffer> };

interface Permission {
  /** Absent: READ. */
  readonly permType?: 'READ' | 'WRITE' | 'READWRITE';
  readonly key?: string;
  readonly range_end?: string;
}

/** Every user may read its own roles. @throws ApiError */
export async function readableKeys(user: string, signal: AbortSignal): Promise<readonly ReadableKeys[]> {
  const { roles = [] } = await call<{ roles?: string[] }>('auth/user/get', { name: user }, { signal });
  const permissions = await Promise.all(
    roles.map(async (role) => {
      const { perm = [] } = await call<{ perm?: Permission[] }>('auth/role/get', { role }, { signal });
      return perm;
    }),
  );
  return permissions
    .flat()
    .filter(({ permType }) => permType !== 'WRITE')
    .map(keysOf);
}

function keysOf({ key = '', range_end }: Permission): ReadableKeys {
  const bytes = bytesOfBase64(key);
  if (range_end === undefined) return { kind: 'key', bytes };
  const isPrefix = range_end === base64OfBytes(prefixEnd(bytes));
  return isPrefix ? { kind: 'prefix', bytes } : { kind: 'interval', bytes, end: bytesOfBase64(range_end) };
}

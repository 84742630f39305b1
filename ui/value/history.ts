import { grpcCodes } from '../api-error.ts';
import { bytesOfBase64 } from '../bytes.ts';
import type { SendRange } from '../keys/list-children.ts';
import type { LoadSchemas } from '../kubernetes/object-schemas.ts';
import type { KeyValue, RangeReply } from '../messages.ts';
import { type DecodedValue, decodeValue } from './decode-value.ts';

/** A value that a key has or had. Revisions are decimal numbers of up to 64 bits. */
export interface Version {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly decoded: DecodedValue;
  readonly createRevision: string;
  readonly modRevision: string;
  readonly version: string;
  /** Absent: no lease. */
  readonly lease: string | undefined;
}

/** Why there is no older version. */
export type HistoryEnd = 'created' | 'compacted';

export interface OlderVersions {
  readonly versions: readonly Version[];
  /** Undefined: there are more. */
  readonly end: HistoryEnd | undefined;
}

interface OlderVersionsOptions {
  readonly than: Version;
  readonly countMax: number;
  readonly range: SendRange;
  readonly load: LoadSchemas;
}

/** The version in an answer, decoded. */
export async function versionOf(keyValue: KeyValue, load: LoadSchemas): Promise<Version> {
  const { value = '', create_revision, mod_revision, version, lease } = keyValue;
  const bytes = bytesOfBase64(value);
  return {
    bytes,
    decoded: await decodeValue(bytes, load),
    createRevision: create_revision ?? '0',
    modRevision: mod_revision ?? '0',
    version: version ?? '0',
    lease: lease === undefined || lease === '0' ? undefined : lease,
  };
}

/** The versions before one, newest first: each is what the key was just before the next. */
export async function olderVersions(
  key: string,
  { than, countMax, range, load }: OlderVersionsOptions,
): Promise<OlderVersions> {
  const versions: Version[] = [];
  for (let next = than; versions.length < countMax; ) {
    if (next.version === '1') return { versions, end: 'created' };
    let reply: RangeReply;
    try {
      reply = await range({ key, revision: String(BigInt(next.modRevision) - 1n) });
    } catch (error) {
      if ((error as { code?: number }).code === grpcCodes.outOfRange) return { versions, end: 'compacted' };
      throw error;
    }
    const [found] = reply.kvs ?? [];
    if (found === undefined) return { versions, end: 'created' };
    next = await versionOf(found, load);
    versions.push(next);
  }
  return { versions, end: undefined };
}

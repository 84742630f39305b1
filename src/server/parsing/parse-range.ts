import { EtcdError, etcdError, StatusCode } from '../../errors.ts';
import type { RangeOperation, SortTarget } from '../../mvcc/operations.ts';
import { type RangeRequest, SortOrder, SortTarget as WireSortTarget } from '../../wire/generated/etcdserverpb/kv.ts';
import { parseKeys } from './parse-keys.ts';

/** Indexed by the number on the wire. */
const sortTargets: readonly SortTarget[] = ['key', 'version', 'create', 'mod', 'value'];

/**
 * @throws EtcdError as etcd 3.7 does: first for an empty key, then for an unknown order or target
 */
export function parseRange(request: RangeRequest): RangeOperation {
  const keys = parseKeys(request);
  return {
    kind: 'range',
    keys,
    sort: parseSort(request),
    revision: request.revision,
    limit: Math.max(0, request.limit),
    keysOnly: request.keysOnly,
    countOnly: request.countOnly,
    revisionFilter: hasRevisionFilter(request)
      ? {
          minMod: request.minModRevision,
          maxMod: request.maxModRevision,
          minCreate: request.minCreateRevision,
          maxCreate: request.maxCreateRevision,
        }
      : undefined,
  };
}

/** The same for RangeStream, which supports only the order of keys. */
export function parseRangeStream(request: RangeRequest): RangeOperation {
  const operation = parseRange(request);
  // etcd checks only the order. A target without an order is accepted and sorts ascending, as in
  // Range.
  const isDefaultOrder =
    request.sortOrder === SortOrder.NONE ||
    (request.sortTarget === WireSortTarget.KEY && request.sortOrder === SortOrder.ASCEND);
  if (!isDefaultOrder) {
    throw new EtcdError(StatusCode.unimplemented, 'RangeStream does not support custom sort orders');
  }
  if (operation.revisionFilter !== undefined) {
    throw new EtcdError(StatusCode.unimplemented, 'RangeStream does not support revision filters');
  }
  return operation;
}

function parseSort(request: RangeRequest): RangeOperation['sort'] {
  const { sortOrder, sortTarget } = request;
  const target = sortTargets[sortTarget];
  if (target === undefined || sortOrder < SortOrder.NONE || sortOrder > SortOrder.DESCEND) {
    throw etcdError('invalidSortOption');
  }
  const descending = sortOrder === SortOrder.DESCEND;
  // Keys are in ascending order anyway. A target without an order sorts ascending.
  if (target === 'key' && !descending) return undefined;
  return { target, descending, withinLimit: sortOrder === SortOrder.NONE && !hasRevisionFilter(request) };
}

function hasRevisionFilter(request: RangeRequest): boolean {
  return (
    request.minModRevision !== 0 ||
    request.maxModRevision !== 0 ||
    request.minCreateRevision !== 0 ||
    request.maxCreateRevision !== 0
  );
}

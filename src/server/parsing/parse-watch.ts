import { etcdErrors } from '../../errors.ts';
import type { Keys } from '../../mvcc/ids.ts';
import type { WatchParameters } from '../../watch/watcher.ts';
import { FilterType, type WatchCreateRequest } from '../../wire/generated/etcdserverpb/watch.ts';
import { parseKeys } from './parse-keys.ts';

/**
 * A watch to create, or the reason for a refusal. A refusal is not an error, because the stream and
 * its other watches continue.
 */
export type ParsedWatch =
  | { readonly keys: Keys; readonly requested: WatchParameters }
  /**
   * `keys`: the caller must have the right to read them to receive the reason; undefined: no keys.
   */
  | { readonly keys: Keys | undefined; readonly refused: string };

const [, compactedText] = etcdErrors.compacted;
const emptyRangeText = 'mvcc: watcher range is empty';

/** The smallest key. etcd uses it for an empty key. */
const smallestKey = Uint8Array.of(0);

/** Checks in etcd's order. Unknown filters are ignored. */
export function parseWatch(request: WatchCreateRequest): ParsedWatch {
  if (request.startRevision < 0) return { keys: undefined, refused: compactedText };
  const key = request.key.length === 0 ? smallestKey : request.key;
  const keys = parseKeys({ key, rangeEnd: request.rangeEnd });
  if ('start' in keys && keys.start >= keys.end) return { keys, refused: emptyRangeText };
  const { startRevision, progressNotify, fragment, filters } = request;
  const selection = {
    puts: !filters.includes(FilterType.NOPUT),
    deletes: !filters.includes(FilterType.NODELETE),
    previous: request.prevKv,
  };
  return { keys, requested: { keys, startRevision, selection, progressNotify, fragment } };
}

import { etcdErrors } from '../../errors.ts';
import type { Keys } from '../../mvcc/operations.ts';
import type { WatchParameters } from '../../watch/watcher.ts';
import { FilterType, type WatchCreateRequest } from '../../wire/generated/etcdserverpb/watch.ts';
import { parseKeys } from './parse-keys.ts';

/** A watch to begin, or the reason why it cannot be: no error, for the stream and its other watches go on. */
export type ParsedWatch =
  | { readonly keys: Keys; readonly requested: WatchParameters }
  /** `keys`: those that one must be allowed to read to be told; undefined: none. */
  | { readonly keys: Keys | undefined; readonly refused: string };

const [, compactedText] = etcdErrors.compacted;
const emptyRangeText = 'mvcc: watcher range is empty';

/** The smallest key: what etcd takes an empty one for. */
const smallestKey = Uint8Array.of(0);

/** Checks in etcd's order. Filters it does not know are passed over. */
export function parseWatch(request: WatchCreateRequest): ParsedWatch {
  if (request.startRevision < 0) return { keys: undefined, refused: compactedText };
  const key = request.key.length === 0 ? smallestKey : request.key;
  const keys = parseKeys({ key, rangeEnd: request.rangeEnd });
  if ('start' in keys && keys.end !== undefined && keys.start >= keys.end) return { keys, refused: emptyRangeText };
  const { startRevision, progressNotify, fragment, filters } = request;
  const selection = {
    puts: !filters.includes(FilterType.NOPUT),
    deletes: !filters.includes(FilterType.NODELETE),
    previous: request.prevKv,
  };
  return { keys, requested: { keys, startRevision, selection, progressNotify, fragment } };
}

/** Plans the transactions that write revisions of a source into an etcd. */
import {
  type Compare,
  CompareResult,
  CompareTarget,
  type RequestOp,
  type TxnRequest,
} from '../../wire/generated/etcdserverpb/kv.ts';
import { type Event, EventType } from '../../wire/generated/mvccpb/kv.ts';
import type { MessageInput } from '../../wire/message-codec.ts';
import { valueBytes } from './read-ahead.ts';
import type { SourceRevision } from './source-revisions.ts';

/**
 * The key that fills a revision at which the source wrote nothing. The next revision of the source
 * deletes it in its own transaction.
 */
export const gapKey = Buffer.from('tine_copy_gap');

/** One transaction, which takes one revision. */
export interface Planned {
  readonly revision: number;
  readonly operations: readonly MessageInput<RequestOp>[];
  /** Each written key has the version before, so a transaction that is sent twice writes once. */
  readonly compares: readonly MessageInput<Compare>[];
  /** A key that it writes. Undefined: it only deletes. */
  readonly writtenKey: Uint8Array | undefined;
  readonly bytes: number;
}

export interface Position {
  readonly revision: number;
  readonly hasGapKey: boolean;
}

/** Plans a page. Each revision between the position and the page is a gap. */
export function* plan(page: readonly SourceRevision[], { revision, hasGapKey }: Position): Generator<Planned> {
  let last = revision;
  let dropsGapKey = hasGapKey;
  for (const each of page) {
    for (const gap of planGap(last, each.revision - 1)) {
      yield gap;
      dropsGapKey = true;
    }
    yield planned(each, dropsGapKey);
    last = each.revision;
    dropsGapKey = false;
  }
}

/** Plans the revisions of an interval, without its first, at which nothing is written. */
export function* planGap(after: number, through: number): Generator<Planned> {
  const operations = [{ request: { case: 'requestPut', value: { key: gapKey } } }] as const;
  for (let revision = after + 1; revision <= through; revision += 1) {
    yield { revision, operations, compares: [], writtenKey: gapKey, bytes: 0 };
  }
}

/**
 * The request of a transaction. Requests under way overtake each other on their way through etcd,
 * so all but the first one compare that the one before has taken its revision.
 */
export function requestOf({ operations, compares }: Planned, before: Planned | undefined): MessageInput<TxnRequest> {
  if (before?.writtenKey === undefined) return { compare: compares, success: operations };
  const follows: MessageInput<Compare> = {
    key: before.writtenKey,
    target: CompareTarget.MOD,
    result: CompareResult.EQUAL,
    targetUnion: { case: 'modRevision', value: before.revision },
  };
  return { compare: [follows, ...compares], success: operations };
}

function planned({ revision, events }: SourceRevision, dropsGapKey: boolean): Planned {
  const drop = dropsGapKey ? [deletion(gapKey)] : [];
  return {
    revision,
    operations: [...events.map(operationOf), ...drop],
    compares: events.flatMap(versionBefore),
    writtenKey: events.find(({ type }) => type === EventType.PUT)?.kv?.key,
    bytes: valueBytes(events),
  };
}

function versionBefore({ type, kv }: Event): readonly MessageInput<Compare>[] {
  if (kv === undefined || type === EventType.DELETE) return [];
  return [
    {
      key: kv.key,
      target: CompareTarget.VERSION,
      result: CompareResult.EQUAL,
      targetUnion: { case: 'version', value: kv.version - 1 },
    },
  ];
}

function operationOf({ type, kv }: Event): MessageInput<RequestOp> {
  const key = kv?.key ?? new Uint8Array(0);
  if (type === EventType.DELETE) return deletion(key);
  return { request: { case: 'requestPut', value: { key, value: kv?.value, lease: kv?.lease } } };
}

const deletion = (key: Uint8Array): MessageInput<RequestOp> => ({
  request: { case: 'requestDeleteRange', value: { key } },
});

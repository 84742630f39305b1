import { once } from 'node:events';
import { EtcdError, type EtcdErrorName, etcdErrors } from '../../errors.ts';
import type { Keys } from '../../mvcc/ids.ts';
import type { Store } from '../../store/store.ts';
import type { WatchHub } from '../../watch/hub.ts';
import { WatchSession } from '../../watch/watch-session.ts';
import { Watch, WatchRequest } from '../../wire/generated/etcdserverpb/watch.ts';
import type { Access } from '../access/access.ts';
import { rangeNeed } from '../access/needs.ts';
import { decodeRequest } from '../parsing/decode-request.ts';
import { type ParsedWatch, parseWatch } from '../parsing/parse-watch.ts';
import type { Call, Method } from '../transport/grpc/method.ts';
import type { ServiceContext } from './service-context.ts';
import { tracedStream } from './traced-stream.ts';

const idTakenText = 'mvcc: duplicate watch ID provided on the WatchStream';

/** etcdserverpb.Watch: a stream of requests that create and cancel watches, and of their events. */
export function watchService({ access, store }: ServiceContext, hub: WatchHub): readonly Method[] {
  return [
    {
      path: Watch.methods.watch.path,
      kind: 'bidirectional',
      async handle(stream, call) {
        const session = new WatchSession(hub, call.trace === undefined ? stream : tracedStream(stream, call.trace));
        try {
          await Promise.race([
            serve({ hub, session, access, store, call }, stream.incoming(parseRequest)),
            session.ended,
          ]);
        } finally {
          session.close();
        }
      },
    },
  ];
}

interface Served {
  readonly hub: WatchHub;
  readonly session: WatchSession;
  readonly access: Access;
  readonly store: Store;
  readonly call: Call;
}

/**
 * A client may end its requests and still receive events. The stream ends when the client cancels
 * it. As in etcd, a client that does not read its responses cannot send more and more requests.
 */
async function serve(served: Served, requests: AsyncIterable<ParsedRequest>): Promise<void> {
  for await (const request of requests) {
    if (served.session.isClosed) return;
    await run(served, request);
    await served.session.drained();
  }
  const { signal } = served.call;
  if (!signal.aborted) await once(signal, 'abort');
}

type ParsedRequest =
  | { readonly kind: 'create'; readonly watch: ParsedWatch; readonly id: bigint }
  | { readonly kind: 'cancel'; readonly id: bigint }
  | { readonly kind: 'progress' }
  /** As in etcd, an empty request is ignored. */
  | undefined;

function parseRequest(bytes: Uint8Array): ParsedRequest {
  const { requestUnion } = decodeRequest(WatchRequest, bytes);
  switch (requestUnion?.case) {
    case 'createRequest':
      return { kind: 'create', watch: parseWatch(requestUnion.value), id: requestUnion.value.watchId };
    case 'cancelRequest':
      return { kind: 'cancel', id: requestUnion.value.watchId };
    case 'progressRequest':
      return { kind: 'progress' };
    case undefined:
      return undefined;
  }
}

async function run(served: Served, request: ParsedRequest): Promise<void> {
  const { session } = served;
  switch (request?.kind) {
    case 'create':
      await create(served, request);
      break;
    case 'cancel':
      session.cancel(request.id);
      break;
    case 'progress':
      session.requestProgress();
      break;
    case undefined:
      break;
  }
}

/**
 * A watch begins after everything that was answered before its request. Its right is checked at its
 * beginning. As in etcd, it continues if the right is revoked later.
 */
async function create(
  served: Served,
  { watch, id }: { readonly watch: ParsedWatch; readonly id: bigint },
): Promise<void> {
  const { session, call } = served;
  const startMs = performance.now();
  const refused = (await refusalOf(watch.keys, served)) ?? ('refused' in watch ? watch.refused : undefined);
  if (session.isClosed) return;
  if (refused !== undefined) session.refuse(refused);
  else if ('requested' in watch && !session.create(watch.requested, id)) session.refuse(idTakenText);
  call.trace?.part({ name: 'watch', startMs, endMs: performance.now() });
}

/** Why the caller may not watch keys, in etcd's words; undefined: it may. */
async function refusalOf(keys: Keys | undefined, { hub, store, access, call }: Served): Promise<string | undefined> {
  if (keys === undefined) return undefined;
  try {
    await access.read(call, rangeNeed({ keys }), () => hub.refresh(() => store.head(call)));
    return undefined;
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    return reasons.get(error.entry) ?? permissionDeniedText;
  }
}

const permissionDeniedText = `rpc error: code = PermissionDenied desc = ${etcdErrors.permissionDenied[1]}`;

/** Errors in the form in which Go prints them. */
const reasons: ReadonlyMap<EtcdErrorName | undefined, string> = new Map([
  ['invalidAuthToken', `rpc error: code = Unauthenticated desc = ${etcdErrors.invalidAuthToken[1]}`],
  ['authOldRevision', `rpc error: code = InvalidArgument desc = ${etcdErrors.authOldRevision[1]}`],
  ['tooManyRequests', `rpc error: code = ResourceExhausted desc = ${etcdErrors.tooManyRequests[1]}`],
  ['userEmpty', `rpc error: code = InvalidArgument desc = ${etcdErrors.userEmpty[1]}`],
]);

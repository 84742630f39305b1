import { once } from 'node:events';
import type { WatchHub } from '../watch/hub.ts';
import { WatchSession } from '../watch/watch-session.ts';
import { Watch, type WatchCreateRequest, WatchRequest } from '../wire/generated/etcdserverpb/watch.ts';
import { parseWatch } from './parse-watch.ts';
import type { Call, Method } from './transport.ts';

const idTakenText = 'mvcc: duplicate watch ID provided on the WatchStream';

/** etcdserverpb.Watch: a stream of requests that begin and end watches, and of what the watches see. */
export function watchService(hub: WatchHub): readonly Method[] {
  return [
    {
      path: Watch.methods.watch.path,
      kind: 'bidirectional',
      async handle(stream, call) {
        const session = new WatchSession(hub, stream);
        try {
          await Promise.race([serve({ hub, session }, stream.incoming, call), session.ended]);
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
}

/** A client that has nothing more to ask still listens: the stream ends when the client goes. */
async function serve(served: Served, incoming: AsyncIterable<Uint8Array>, call: Call): Promise<void> {
  for await (const bytes of incoming) {
    if (served.session.isClosed) return;
    await run(served, WatchRequest.decode(bytes));
  }
  if (!call.signal.aborted) await once(call.signal, 'abort');
}

async function run({ hub, session }: Served, { requestUnion }: WatchRequest): Promise<void> {
  switch (requestUnion?.case) {
    case 'createRequest':
      await create({ hub, session }, requestUnion.value);
      break;
    case 'cancelRequest':
      session.cancel(requestUnion.value.watchId);
      break;
    case 'progressRequest':
      session.requestProgress();
      break;
    case undefined:
      // A request for nothing is passed over, as by etcd.
      break;
  }
}

async function create({ hub, session }: Served, request: WatchCreateRequest): Promise<void> {
  const parsed = parseWatch(request);
  if ('refused' in parsed) return session.refuse(parsed.refused);
  if (request.startRevision <= 0 || !hub.knowsHead) await hub.refresh();
  if (session.isClosed) return;
  if (!session.create(parsed.requested, request.watchId)) session.refuse(idTakenText);
}

import { etcdError } from '../../errors.ts';
import type { WatchHub } from '../../watch/hub.ts';
import { Lock, LockResponse, UnlockResponse } from '../../wire/generated/v3lockpb/v3lock.ts';
import { checkRequestSize } from '../parsing/check-request-size.ts';
import { parseKey } from '../parsing/parse-keys.ts';
import { ownBytes } from '../parsing/parse-write.ts';
import type { Method } from '../transport/grpc/method.ts';
import { ClientKeys } from './concurrency/client-keys.ts';
import { concurrencyMethod } from './concurrency/concurrency-method.ts';
import type { LockQueues } from './concurrency/lock-queues.ts';
import type { ServiceContext } from './service-context.ts';

const noValue = new Uint8Array(0);

/** v3lockpb.Lock. */
export function lockService(context: ServiceContext, hub: WatchHub, queues: LockQueues): readonly Method[] {
  const { headers, config } = context;
  return [
    concurrencyMethod(Lock.methods.lock, {
      parse: ({ name, lease }) => ({ name: ownBytes(name), lease, value: noValue }),
      async answer(request, call, size) {
        checkRequestSize(size, config);
        const client = new ClientKeys(context, hub, call);
        const { joined, acquired } = await queues.join(client, request);
        if (acquired === undefined) throw etcdError('lockSessionExpired');
        // Not the revision of the put: another key may have been first then, and deleted since.
        const header = headers.message(acquired.revision);
        return LockResponse.encode({ header, key: joined.key });
      },
    }),
    concurrencyMethod(Lock.methods.unlock, {
      parse: ({ key }) => parseKey(key),
      async answer(key, call) {
        const { revision } = await new ClientKeys(context, hub, call).delete(key);
        return UnlockResponse.encode({ header: headers.message(revision) });
      },
    }),
  ];
}

import { setTimeout as sleep } from 'node:timers/promises';
import { EtcdError, StatusCode } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import {
  Health,
  HealthCheckResponse,
  HealthListResponse,
  ServingStatus,
} from '../../wire/generated/grpc/health/v1/health.ts';
import { serverLimits } from '../server-limits.ts';
import type { Call, Message, Method } from '../transport/grpc/method.ts';
import type { ServiceContext } from './service-context.ts';
import { serverStream, unary } from './service-method.ts';

/** grpc.health.v1.Health. Like etcd it has one service, "", which is the whole server. */
export function healthService({ store }: ServiceContext): readonly Method[] {
  const { check, list, watch } = Health.methods;
  return [
    unary(check, async ({ service }, call) => {
      if (service !== '') throw new EtcdError(StatusCode.notFound, 'unknown service');
      return encoded(await servingStatus(store, call));
    }),
    unary(list, async (_request, call) => {
      const status = await servingStatus(store, call);
      return HealthListResponse.encode({ statuses: new Map([['', { status }]]) });
    }),
    serverStream(watch, {
      parse: ({ service }) => service,
      async answer(service, stream, call) {
        const status = () =>
          service === '' ? servingStatus(store, call) : Promise.resolve(ServingStatus.SERVICE_UNKNOWN);
        let sent: ServingStatus | undefined;
        for (;;) {
          const current = await status();
          if (current !== sent) stream.send([encoded(current)]);
          sent = current;
          await sleep(serverLimits.healthPollIntervalMs, undefined, { signal: call.signal });
        }
      },
    }),
  ];
}

/** The server is serving if the database answers and, as far as known, accepts writes. */
async function servingStatus(store: Store, call: Call): Promise<ServingStatus> {
  try {
    await store.head(call);
    return store.takesWrites ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  } catch {
    return ServingStatus.NOT_SERVING;
  }
}

function encoded(status: ServingStatus): Message {
  return HealthCheckResponse.encode({ status });
}

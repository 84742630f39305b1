import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kvService } from '../../../../src/server/services/kv-service.ts';
import type { ServiceContext } from '../../../../src/server/services/service-context.ts';
import type { Call } from '../../../../src/server/transport/grpc/method.ts';
import { CompactionRequest, KV } from '../../../../src/wire/generated/etcdserverpb/kv.ts';
import { settle } from '../../watch/watching.ts';

test('a compaction begins after the events before it were read for watchers', async () => {
  const compacted: unknown[] = [];
  const events = Promise.withResolvers<number>();
  const services = {
    access: { write: (_call: Call, _need: unknown, work: (by: unknown) => Promise<unknown>) => work({}) },
    store: {
      compact: async (request: unknown) => {
        compacted.push(request);
        return { revision: 9 };
      },
    },
    headers: { message: () => ({}) },
    config: { maxTxnOps: 128, maxRequestBytes: 1_000_000 },
  } as unknown as ServiceContext;
  const method = kvService(services, { position: { id: 5, revision: 6 }, catchUp: () => events.promise }).find(
    ({ path }) => path === KV.methods.compact.path,
  );
  assert.ok(method?.kind === 'unary');
  const call = { about: () => undefined } as unknown as Call;
  const answer = method.handle(CompactionRequest.encode({ revision: 7 }), call);
  await settle();
  assert.deepEqual(compacted, []);
  events.resolve(8);
  await answer;
  assert.deepEqual(compacted, [{ revision: 7, physical: false }]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { etcdError } from '../../../../src/errors.ts';
import { markSingleUse } from '../../../../src/kit/memory.ts';
import { GatewayAnswer } from '../../../../src/server/gateway/gateway-answer.ts';
import { GatewayCall, type GatewayCallOptions } from '../../../../src/server/gateway/gateway-call.ts';
import { methodSchema } from '../../../../src/server/gateway/json/message-schema.ts';
import { HeldBytes } from '../../../../src/server/transport/budget/held-bytes.ts';
import { Turns } from '../../../../src/server/transport/budget/turns.ts';
import type { WebExchange } from '../../../../src/server/transport/web/web-exchange.ts';
import { waitFor } from '../../../support/index.ts';

/** An exchange whose client reads everything at once. */
function exchange(): WebExchange & { readonly statuses: number[] } {
  const statuses: number[] = [];
  return {
    statuses,
    method: 'POST',
    target: '/v3/kv/put',
    fields: [],
    peer: '127.0.0.1:1',
    local: '127.0.0.1:2',
    origin: { isBackedUp: false, onceDrained: () => undefined },
    commonName: undefined,
    addFields: () => undefined,
    head: (status) => void statuses.push(status),
    write: () => undefined,
    end: () => undefined,
    endConnection: () => undefined,
    whenSent: async () => undefined,
    pendingBytes: 0,
    drained: async () => undefined,
    pause: () => undefined,
    resume: () => undefined,
  };
}

function putCall() {
  const web = exchange();
  const statusOf = (error: unknown) => {
    assert.ok(error instanceof Error);
    const { code } = etcdError('timeout');
    return { code, message: error.message };
  };
  const grpc = { accept: () => undefined, messageBytesMax: 2_000_000, statusOf, reportFault: assert.fail };
  let hasEnded = false;
  const call = new GatewayCall({
    grpc: grpc as unknown as GatewayCallOptions['grpc'],
    exchange: web,
    largeValues: {} as GatewayCallOptions['largeValues'],
    method: methodSchema('/etcdserverpb.KV/Put'),
    fields: [],
    held: new HeldBytes({ bytesMax: 1_000_000 }),
    turns: new Turns({ roundMs: 5 }),
    onEnded: () => {
      hasEnded = true;
    },
  });
  return { call, web, hasEnded: () => hasEnded };
}

const put = Buffer.from('{"key":"YQ==","value":"Yg=="}');
const aMinuteLater = () => performance.now() + 60_000;

test('a request whose JSON is complete, but whose body never ends, is still arriving and is given up', async () => {
  const { call, web, hasEnded } = putCall();
  call.onData(put);
  for (let count = 0; count < 5; count += 1) await turn();
  assert.equal(call.isArrivingSince(aMinuteLater()), true);
  call.abortRequest();
  await waitFor('the end of the call', hasEnded);
  assert.deepEqual(web.statuses, [503]);
  assert.equal(call.isArrivingSince(aMinuteLater()), false);
});

test('a request whose body has ended is not arriving, however long its answer takes', async () => {
  const { call } = putCall();
  call.onData(put);
  call.onEnd();
  for (let count = 0; count < 5; count += 1) await turn();
  assert.equal(call.isArrivingSince(aMinuteLater()), false);
});

test('messages that were written, and freed, no longer count as waiting for the client', async () => {
  const answer = new GatewayAnswer(exchange(), {
    schema: methodSchema('/etcdserverpb.Maintenance/Snapshot').response,
    isStream: true,
    turns: new Turns({ roundMs: 5 }),
    onEnd: () => undefined,
    onFault: (error) => assert.fail(String(error)),
  });
  // The field `blob` of a SnapshotResponse: 32 KiB that are freed when they were sent.
  const blob = Buffer.allocUnsafeSlow(32 * 1024);
  markSingleUse(blob);
  answer.add([[Buffer.of(0x1a, 0x80, 0x80, 0x02), blob]]);
  assert.ok(answer.pendingBytes > blob.length);
  await waitFor('nothing to wait', () => answer.pendingBytes === 0);
});

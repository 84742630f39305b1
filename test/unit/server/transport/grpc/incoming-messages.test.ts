import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IncomingMessages } from '../../../../../src/server/transport/grpc/incoming-messages.ts';
import { MessageTurns } from '../../../../../src/server/transport/grpc/message-turns.ts';
import { collectGarbage } from '../../../../support/collect-garbage.ts';
import { settle } from '../../../watch/watching.ts';

test('a handler that waits for the next message does not keep the bytes that arrived with the last one', async () => {
  const arrived: Uint8Array[] = [Buffer.alloc(64 * 1024).subarray(100, 200)];
  const chunk = new WeakRef((arrived[0] as Uint8Array).buffer);
  const messages = new IncomingMessages(() => arrived.pop(), new MessageTurns());
  const lengths: number[] = [];
  const handled = (async () => {
    for await (const length of messages.parsed((message) => message.length)) lengths.push(length);
  })();
  await settle();
  assert.deepEqual(lengths, [100]);
  collectGarbage();
  assert.equal(chunk.deref(), undefined);
  messages.end();
  await handled;
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreadAnswers } from '../../../../../src/server/transport/http2/unread-answers.ts';
import { transportLimits } from '../../../../../src/server/transport/transport-limits.ts';

const { connectionUnreadBytesMin: littleBytes, connectionUnreadBytesMax: muchBytes, unreadBytesMax } = transportLimits;

test('a connection may have some megabytes of unread replies while the total is small', () => {
  const unread = new UnreadAnswers();
  unread.add(muchBytes);
  assert.equal(unread.isBackedUp(muchBytes), false);
  assert.equal(unread.isBackedUp(muchBytes + 1), true);
});

test('when the total is large, each connection may have little until replies are read', () => {
  const unread = new UnreadAnswers();
  unread.add(unreadBytesMax + 1);
  assert.equal(unread.isBackedUp(littleBytes), false);
  assert.equal(unread.isBackedUp(littleBytes + 1), true);
  let wakes = 0;
  unread.onceFew(() => {
    wakes += 1;
  });
  unread.add(-1);
  unread.add(-1);
  assert.equal(wakes, 1);
  assert.equal(unread.isBackedUp(littleBytes + 1), false);
});

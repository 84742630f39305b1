import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostTurn } from '../../../../src/drivers/remote/host-turn.ts';

const hosts = ['a', 'b', 'c'].map((host) => ({ host, port: 5432 }));

test('hosts are used in turn, from the first that answers on', () => {
  const turn = new HostTurn(hosts);
  const used = hosts.concat(hosts).map(() => {
    const { current } = turn;
    turn.next();
    return current;
  });
  assert.deepEqual(used, [...hosts, ...hosts]);
  for (const host of hosts) {
    turn.turnTo(host);
    assert.equal(turn.current, host);
  }
});

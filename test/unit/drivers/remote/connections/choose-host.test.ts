import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseHost } from '../../../../../src/drivers/remote/connections/choose-host.ts';
import type { NodeState } from '../../../../../src/drivers/remote/engine.ts';

const [a, b, c] = ['a', 'b', 'c'].map((host) => ({ host, port: 5432 })) as [Host, Host, Host];
interface Host {
  readonly host: string;
  readonly port: number;
}

const longMs = 60_000;
const servesForMsMin = 5_000;

function serving(state: Partial<NodeState> = {}): NodeState {
  return { refusal: undefined, isDegraded: false, isStalled: false, term: 0, dataId: 'cluster', ...state };
}
const refusing = serving({ refusal: 'it is a standby' });

function choose(
  states: readonly (NodeState | undefined)[],
  current?: { host: Host; isLost?: boolean; isStalled?: boolean; state?: NodeState },
  servesForMs = longMs,
): string | undefined {
  const hosts = [a, b, c].map((host, index) => ({ host, state: states[index], servesForMs }));
  const state = hosts.find(({ host }) => host === current?.host)?.state;
  const known = current && { state, isLost: false, isStalled: false, ...current };
  const chosen = chooseHost(hosts, known, servesForMsMin);
  return (chosen as Host | undefined)?.host;
}

test('at the start the first usable host is chosen', () => {
  assert.equal(choose([serving(), serving(), serving()]), 'a');
  assert.equal(choose([undefined, refusing, serving()]), 'c');
  assert.equal(choose([undefined, refusing, undefined]), undefined);
});

test('at the start the primary with the highest term is chosen, wherever it is in the list', () => {
  assert.equal(choose([serving({ term: 1 }), refusing, serving({ term: 2 })]), 'c');
});

test('a node that is a donor is the last choice', () => {
  assert.equal(choose([serving({ isDegraded: true }), serving()]), 'b');
  assert.equal(choose([serving({ isDegraded: true }), refusing]), 'a');
});

test('a lost host is replaced by the next usable one', () => {
  assert.equal(choose([undefined, serving(), serving()], { host: a, isLost: true }), 'b');
  assert.equal(choose([refusing, refusing, refusing], { host: a, isLost: true }), undefined);
});

test('a host that is not lost is kept, whatever a single check shows', () => {
  assert.equal(choose([undefined, serving(), serving()], { host: a, state: serving() }), 'a');
});

test('within a cluster, the preferred node is used again after it was usable for a while', () => {
  assert.equal(choose([serving(), serving()], { host: b }), 'a');
  assert.equal(choose([serving(), serving()], { host: b }, 1_000), 'b');
});

test('a stalled node is left for another one of its cluster, if there is one that is not stalled', () => {
  const stalled = serving({ isStalled: true });
  assert.equal(choose([stalled, serving()]), 'b', 'at the start');
  assert.equal(choose([stalled, serving()], { host: a }), 'a', 'stalled at one check only');
  assert.equal(choose([stalled, serving()], { host: a, isStalled: true }), 'b');
  assert.equal(choose([stalled, serving()], { host: a, isStalled: true }, 1_000), 'a', 'the other one is unproven');
  assert.equal(choose([stalled, stalled], { host: b, isStalled: true }, 0), 'b', 'all wait');
  assert.equal(choose([stalled, serving({ dataId: 'other' })], { host: a, isStalled: true }), 'a');
});

test('a server with other data is not used while the current one is usable', () => {
  assert.equal(choose([serving({ dataId: 'other' }), serving()], { host: b }), 'b');
});

test('a primary with a higher term is used at once, a stale one never', () => {
  const one = serving({ term: 1, dataId: '1' });
  const two = serving({ term: 2, dataId: '2' });
  assert.equal(choose([one, two], { host: a }, 0), 'b');
  assert.equal(choose([one, two], { host: b }), 'b');
});

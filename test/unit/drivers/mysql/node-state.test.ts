import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeState } from '../../../../src/drivers/mysql/node-state.ts';

const single = { read_only: 'OFF', hostname: 'h', port: '3306', datadir: '/d/', wsrep_on: 'OFF' };
const synced = {
  ...single,
  wsrep_on: 'ON',
  wsrep_ready: 'ON',
  wsrep_cluster_status: 'Primary',
  wsrep_local_state: '4',
  wsrep_cluster_state_uuid: 'u',
};

function refusal(variables: Record<string, string>): string | undefined {
  return nodeState(new Map(Object.entries(variables))).refusal;
}

test('a server is usable unless it is read-only or offline', () => {
  assert.equal(refusal(single), undefined);
  assert.match(refusal({ ...single, read_only: 'ON' }) ?? '', /read only/);
  // MariaDB 12 has its own words for this.
  assert.match(refusal({ ...single, read_only: 'NO_LOCK' }) ?? '', /read only/);
  assert.match(refusal({ ...single, super_read_only: 'ON' }) ?? '', /read only/);
  assert.match(refusal({ ...single, offline_mode: 'ON' }) ?? '', /offline/);
});

test('a cluster node is usable when it is ready and synced in the primary component', () => {
  assert.equal(refusal(synced), undefined);
  assert.match(refusal({ ...synced, wsrep_ready: 'OFF' }) ?? '', /not ready/);
  assert.match(refusal({ ...synced, wsrep_cluster_status: 'non-Primary' }) ?? '', /primary component/);
  for (const state of ['0', '1', '3']) assert.match(refusal({ ...synced, wsrep_local_state: state }) ?? '', /synced/);
});

test('a donor is the last choice, and not usable if it rejects queries', () => {
  const donor = { ...synced, wsrep_local_state: '2' };
  assert.equal(refusal(donor), undefined);
  assert.match(refusal({ ...donor, wsrep_sst_donor_rejects_queries: 'ON' }) ?? '', /not synced/);
  assert.equal(nodeState(new Map(Object.entries(donor))).isDegraded, true);
  assert.equal(nodeState(new Map(Object.entries(synced))).isDegraded, false);
});

test('nodes of one cluster hold the same data, and other servers do not', () => {
  const id = (variables: Record<string, string>) => nodeState(new Map(Object.entries(variables))).dataId;
  assert.equal(id(synced), id({ ...synced, port: '3307' }));
  assert.notEqual(id(single), id({ ...single, port: '3307' }));
});

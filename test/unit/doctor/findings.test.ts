/** Facts that no test machine has: other file systems, clocks, versions and cluster states. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileFindings } from '../../../src/doctor/file-findings.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import { machineFindings } from '../../../src/doctor/machine-findings.ts';
import { serverFindings } from '../../../src/doctor/server-findings.ts';
import { fileSystemOf } from '../../../src/drivers/sqlite/file/file-system.ts';
import type { FileStorage, ServerDetails, ServerStorage } from '../../../src/drivers/storage-facts.ts';
import { bytesText } from '../../../src/kit/amount-text.ts';

const gibibyte = 1024 ** 3;

const file: FileStorage = {
  kind: 'file',
  files: [
    { path: '/data/state.db', bytes: gibibyte, mode: 0o100600 },
    { path: '/data/state.db-wal', bytes: 4_096, mode: 0o100600 },
  ],
  directory: { path: '/data', bytes: 0, mode: 0o40700 },
  missing: [],
  fileSystem: fileSystemOf(0xef53),
  freeBytes: 100 * gibibyte,
  sync: { medianMs: 0.4, slowestMs: 3 },
};

const settings: ReadonlyMap<string, string> = new Map([
  ['innodb_flush_log_at_trx_commit', '1'],
  ['max_allowed_packet', '16777216'],
]);

const details: ServerDetails = {
  product: 'MariaDB',
  version: '11.8.3-MariaDB',
  isSupported: true,
  settings,
  connections: { max: 100, used: 20 },
  roundTripMs: 0.5,
  clockAheadMs: 3,
};
const host = { name: 'db:3306', refusal: undefined, isReachable: true, isDegraded: false, isStalled: false };
const server: ServerStorage = { kind: 'server', hosts: [host], details };

const needs = { datastore: { maxOpenConnections: 10 }, maxRequestBytes: 1_572_864 };

/** The findings that are not ok, as text. */
function concerns(findings: readonly Finding[]): readonly string[] {
  return findings.filter(({ level }) => level !== 'ok').map(({ level, text }) => `${level}: ${text}`);
}

function concernsOfFile(changed: Partial<FileStorage>): readonly string[] {
  return concerns(fileFindings({ ...file, ...changed }));
}

function concernsOfServer(changed: Partial<ServerDetails>): readonly string[] {
  return concerns(serverFindings({ ...server, details: { ...details, ...changed } }, needs));
}

/** Exactly one finding is not ok, and it matches. */
function assertOne(found: readonly string[], expected: RegExp): void {
  assert.equal(found.length, 1, found.join('\n'));
  assert.match(found[0] ?? '', expected);
}

test('a healthy file, server and machine have no concerns', () => {
  assert.deepEqual(concernsOfFile({}), []);
  assert.deepEqual(concernsOfServer({}), []);
  assert.deepEqual(concerns(machineFindings({ nodeVersion: '24.1.0', openFilesMax: undefined })), []);
});

test('a network file system is a problem, and memory or a container layer are advised against', () => {
  assertOne(concernsOfFile({ fileSystem: fileSystemOf(0x6969) }), /^problem: NFS: .* use a local disk$/);
  // The number is negative where it is read as 32 bits with a sign.
  assertOne(concernsOfFile({ fileSystem: fileSystemOf(0xff534d42 | 0) }), /^problem: CIFS: /);
  assertOne(concernsOfFile({ fileSystem: fileSystemOf(0x01021994) }), /^advice: tmpfs stores files in memory: /);
  assertOne(concernsOfFile({ fileSystem: fileSystemOf(0x794c7630) }), /^advice: overlay: .* mount a volume$/);
});

test('little space is a problem, and less space than the database has is advised against', () => {
  assertOne(concernsOfFile({ freeBytes: 1024 ** 2 }), /^problem: 1\.0 MiB free: /);
  assertOne(
    concernsOfFile({ freeBytes: gibibyte / 2 }),
    /^advice: 512\.0 MiB free, less than the size of the database: /,
  );
});

test('a slow disk, and a disk that cannot be measured, are reported', () => {
  assertOne(concernsOfFile({ sync: { medianMs: 25, slowestMs: 60 } }), /^advice: 25\.00 ms \(median of 20\), /);
  assertOne(concernsOfFile({ sync: undefined }), /^advice: not measured: cannot write in \/data; /);
});

test('a long log and a directory that every user can write are reported', () => {
  const files = [...file.files.slice(0, 1), { path: '/data/state.db-wal', bytes: gibibyte, mode: 0o100600 }];
  assertOne(concernsOfFile({ files }), /^advice: 1\.0 GiB in \/data\/state\.db-wal: /);
  assertOne(
    concernsOfFile({ directory: { path: '/data', bytes: 0, mode: 0o40777 } }),
    /^problem: \/data has mode 0777: /,
  );
  assert.deepEqual(concernsOfFile({ directory: { path: '/tmp', bytes: 0, mode: 0o41777 } }), [], 'sticky, as /tmp');
});

test('a server that is old, far away, full, or whose clock differs is reported', () => {
  assertOne(concernsOfServer({ isSupported: false }), /^problem: MariaDB 11\.8\.3-MariaDB is too old; /);
  assertOne(concernsOfServer({ roundTripMs: 40 }), /^advice: 40\.00 ms /);
  assertOne(concernsOfServer({ connections: { max: 25, used: 20 } }), /^advice: 5 of 25 are free; /);
  assertOne(concernsOfServer({ clockAheadMs: 5_000 }), /^advice: this machine is 5\.0 s behind the database; /);
  assertOne(concernsOfServer({ clockAheadMs: -5_000 }), /^advice: this machine is 5\.0 s ahead of the database; /);
});

test('a Galera cluster of two nodes or with long lock waits, a node that sends its data and a stalled one are reported', () => {
  const ofCluster = (size: number): ReadonlyMap<string, string> =>
    new Map([...settings, ['wsrep_on', 'ON'], ['wsrep_cluster_size', String(size)]]);
  assertOne(concernsOfServer({ settings: ofCluster(2) }), /^advice: wsrep_cluster_size = 2: /);
  assert.deepEqual(concernsOfServer({ settings: ofCluster(3) }), []);
  const waiting = new Map([...ofCluster(3), ['innodb_lock_wait_timeout', '50']]);
  assertOne(concernsOfServer({ settings: waiting }), /^advice: innodb_lock_wait_timeout = 50: a node may stop /);
  assert.deepEqual(concernsOfServer({ settings: new Map([...settings, ['innodb_lock_wait_timeout', '50']]) }), []);
  const donor = { ...server, hosts: [{ ...host, isDegraded: true }] };
  assertOne(concerns(serverFindings(donor, needs)), /^advice: db:3306 serves, but sends its data to another node; /);
  const stalled = { ...server, hosts: [{ ...host, isStalled: true }] };
  assertOne(concerns(serverFindings(stalled, needs)), /^problem: db:3306 does not apply the writes of its cluster; /);
});

test('an old Node and a low limit of open files are reported', () => {
  assertOne(concerns(machineFindings({ nodeVersion: '22.18.0', openFilesMax: 20_000 })), /^advice: 22\.18\.0 works, /);
  assertOne(concerns(machineFindings({ nodeVersion: '24.1.0', openFilesMax: 1_024 })), /^advice: up to 1024 /);
});

test('bytes are written with the largest unit that keeps a whole part', () => {
  assert.deepEqual([0, 1023, 1024, 1_572_864, gibibyte, 5 * 1024 * gibibyte].map(bytesText), [
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '1.5 MiB',
    '1.0 GiB',
    '5.0 TiB',
  ]);
});

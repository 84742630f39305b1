import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { temporaryDirectory } from '../../support/index.ts';
import { missingPeers } from '../../support/peer-programs.ts';

const directory = temporaryDirectory();

/** A program that prints this line for any arguments. */
function program(name: string, printed: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\necho '${printed}'\n`, { mode: 0o755 });
  return path;
}

beforeEach(() => {
  process.env.TINE_TEST_ETCD = program('etcd', 'etcd Version: 3.7.0');
  process.env.TINE_TEST_ETCDCTL = program('etcdctl', 'etcdctl version: 3.8.1');
  process.env.TINE_TEST_ETCDUTL = program('etcdutl', 'etcdutl version: 3.10.0');
});

test('a named program of 3.7 or newer is not built', () => {
  assert.deepEqual(missingPeers([]), []);
});

test('a named etcd that is older is refused with its version', () => {
  const path = program('old-etcd', 'etcd Version: 3.4.23');
  process.env.TINE_TEST_ETCD = path;
  assert.throws(() => missingPeers([]), {
    message: `TINE_TEST_ETCD names ${path}, which is etcd 3.4.23: tine is compared with etcd 3.7 or newer`,
  });
});

test('named tools that are older, and other programs, are refused', () => {
  process.env.TINE_TEST_ETCDCTL = program('old-etcdctl', 'etcdctl version: 3.6.9');
  assert.throws(() => missingPeers([]), /^Error: TINE_TEST_ETCDCTL names .*, which is etcdctl 3\.6\.9: /);
  process.env.TINE_TEST_ETCDCTL = program('other', 'other version 3.7.0');
  assert.throws(() => missingPeers([]), /^Error: TINE_TEST_ETCDCTL names .*, which is no etcdctl: /);
  process.env.TINE_TEST_ETCDCTL = join(directory, 'nothing');
  assert.throws(() => missingPeers([]), /^Error: TINE_TEST_ETCDCTL names .*, which is no etcdctl: /);
});

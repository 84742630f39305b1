import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { refuseEtcdData } from '../../../src/commands/refuse-etcd-data.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test("tine refuses to start with an empty database in etcd's data directory, with advice", () => {
  const directory = temporaryDirectory();
  const endpoint = { kind: 'sqlite', path: join(directory, 'state.db') } as const;
  refuseEtcdData(endpoint);
  mkdirSync(join(directory, 'member', 'snap'), { recursive: true });
  writeFileSync(join(directory, 'member', 'snap', 'db'), '');
  assert.throws(() => refuseEtcdData(endpoint), /contains the data of an etcd.*tine copy --from.*--data-dir$/);
  // The data that was copied is served.
  writeFileSync(endpoint.path, '');
  refuseEtcdData(endpoint);
});

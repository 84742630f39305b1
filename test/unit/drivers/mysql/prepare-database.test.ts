import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOlder } from '../../../../src/drivers/mysql/prepare-database.ts';

test('versions are compared part by part', () => {
  const older = ['8.0.13', '8.0.2-log', '5.7.44', '7.9.99'];
  const notOlder = ['8.0.14', '8.0.42-0ubuntu0.24.04.1', '8.4.0', '9.7.4', '10.11.11-MariaDB'];
  for (const version of older) assert.ok(isOlder(version, [8, 0, 14]), version);
  for (const version of notOlder) assert.ok(!isOlder(version, [8, 0, 14]), version);
});

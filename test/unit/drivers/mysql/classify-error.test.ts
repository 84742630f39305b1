import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyError } from '../../../../src/drivers/mysql/classify-error.ts';
import { AssertionError, DriverError, EtcdError, etcdError } from '../../../../src/errors.ts';

const secret = 'SELECT secret';

function serverError(number: number, code: string, message = 'a message of the server'): Error {
  return Object.assign(new Error(message), { errno: number, code, sqlState: 'HY000', sql: secret });
}

for (const [error, kind] of [
  [serverError(1205, 'ER_LOCK_WAIT_TIMEOUT'), 'busy'],
  [serverError(1213, 'ER_LOCK_DEADLOCK'), 'busy'],
  [serverError(1412, 'ER_TABLE_DEF_CHANGED'), 'busy'],
  [serverError(159, 'HA_ERR_TABLE_DEF_CHANGED'), 'busy'],
  [serverError(1040, 'ER_CON_COUNT_ERROR'), 'busy'],
  [serverError(1053, 'ER_SERVER_SHUTDOWN'), 'lost'],
  [serverError(1290, 'ER_OPTION_PREVENTS_STATEMENT'), 'lost'],
  [serverError(1927, 'ER_CONNECTION_KILLED'), 'lost'],
  [serverError(1114, 'ER_RECORD_FILE_FULL'), 'full'],
  [serverError(1030, 'ER_GET_ERRNO', 'Got error 28 "No space left on device" from storage engine InnoDB'), 'full'],
  [serverError(1712, 'ER_INDEX_CORRUPT'), 'corrupt'],
  [serverError(1064, 'ER_PARSE_ERROR', `near '${secret}'`), 'other'],
  [serverError(1153, 'ER_NET_PACKET_TOO_LARGE'), 'tooLarge'],
  [serverError(1406, 'ER_DATA_TOO_LONG'), 'tooLarge'],
  [serverError(1197, 'ER_TRANS_CACHE_FULL'), 'tooLarge'],
  [serverError(3231, 'ER_WRITE_SET_EXCEEDS_LIMIT'), 'tooLarge'],
  [serverError(1105, 'ER_UNKNOWN_ERROR', 'Maximum writeset size exceeded'), 'tooLarge'],
  [serverError(1105, 'ER_UNKNOWN_ERROR', 'another error'), 'other'],
  [serverError(1180, 'ER_ERROR_DURING_COMMIT', 'wsrep_max_ws_rows exceeded'), 'tooLarge'],
  [serverError(1180, 'ER_ERROR_DURING_COMMIT', 'Got error 5 during COMMIT'), 'other'],
  [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', errno: -111, syscall: 'connect' }), 'lost'],
  [Object.assign(new Error('Connection lost'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }), 'lost'],
  [Object.assign(new Error("Can't add new command when connection is in closed state"), { fatal: true }), 'lost'],
] as const) {
  test(`${(error as { code?: string }).code ?? error.message} is ${kind}`, () => {
    const failure = classifyError(error);
    assert.ok(failure instanceof DriverError);
    assert.equal(failure.kind, kind);
    assert.ok(!failure.message.includes(secret), failure.message);
    assert.ok(!('sql' in (failure.cause as Error)));
  });
}

test('errors for too many connections and a read-only server name the cause', () => {
  assert.match(classifyError(serverError(1040, 'ER_CON_COUNT_ERROR')).message, /too many connections/);
  assert.match(classifyError(serverError(1290, 'ER_OPTION_PREVENTS_STATEMENT')).message, /read only/);
});

test('client errors and internal errors are passed on unchanged', () => {
  for (const error of [etcdError('compacted'), new AssertionError('a bug'), new TypeError('a bug')]) {
    assert.equal(classifyError(error), error);
  }
  assert.ok(classifyError(etcdError('compacted')) instanceof EtcdError);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connection } from 'mysql2';
import { MysqlSession } from '../../../../src/drivers/mysql/mysql-session.ts';
import { makeReady } from '../../../../src/drivers/mysql/ready-connection.ts';
import { CommitInDoubt } from '../../../../src/drivers/remote/session.ts';
import { StatementMeter } from '../../../../src/drivers/statement-meter.ts';

/** A server that ends a commit with an error, and then its connection if `closes`. */
interface FailingServer {
  readonly errno: number;
  readonly closes: boolean;
}

const failures: readonly (FailingServer & { readonly outcome: 'refused' | 'in doubt' })[] = [
  { errno: 1290, closes: false, outcome: 'refused' },
  { errno: 1836, closes: true, outcome: 'refused' },
  { errno: 1213, closes: false, outcome: 'refused' },
  { errno: 1205, closes: false, outcome: 'refused' },
  { errno: 1114, closes: false, outcome: 'refused' },
  { errno: 1180, closes: false, outcome: 'refused' },
  { errno: 3100, closes: false, outcome: 'in doubt' },
  { errno: 3101, closes: false, outcome: 'in doubt' },
  { errno: 1053, closes: true, outcome: 'in doubt' },
  { errno: 1598, closes: true, outcome: 'in doubt' },
  { errno: 1026, closes: true, outcome: 'in doubt' },
];

for (const { outcome, ...failure } of failures) {
  const after = failure.closes ? ' and a closed connection' : '';
  test(`a guarded write that ends with ${failure.errno}${after} is ${outcome}`, async () => {
    const connection = connectionOf(failure);
    await makeReady(connection);
    const session = new MysqlSession(
      connection,
      new StatementMeter({ slowMs: Number.POSITIVE_INFINITY, onSlow: () => {} }),
    );
    const error = await session.writeGuarded({ found: 1, left: 2, unusedNames: [], queries: [] }).then(
      () => assert.fail('the write succeeded'),
      (reason: unknown) => reason,
    );
    assert.equal(error instanceof CommitInDoubt, outcome === 'in doubt', String(error));
  });
}

type Callback = (error: Error | null, reply?: unknown, columns?: unknown) => void;

/** A connection whose first request with COMMIT fails. */
function connectionOf({ errno, closes }: FailingServer): Connection {
  let isClosed = false;
  const connection = {
    stream: { destroy() {} },
    query({ sql }: { readonly sql: string }, callback: Callback) {
      const on = { on() {} };
      if (isClosed) callback(Object.assign(new Error('closed'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }));
      else if (sql.includes('SHOW VARIABLES')) callback(null, [[['version', '8.4.0']]], [[]]);
      else if (sql.includes('COMMIT')) {
        isClosed = closes;
        callback(Object.assign(new Error('a message'), { errno, code: `ER_${errno}`, sqlState: 'HY000' }));
      } else {
        const replies = sql.split(';').map(() => ({ affectedRows: 0 }));
        callback(
          null,
          replies,
          replies.map(() => undefined),
        );
      }
      return on;
    },
  };
  return connection as unknown as Connection;
}

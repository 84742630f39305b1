import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from 'pg';
import { findMode } from '../../../../src/drivers/postgres/connection-mode.ts';
import { PostgresSession } from '../../../../src/drivers/postgres/postgres-session.ts';
import { CommitInDoubt } from '../../../../src/drivers/remote/session.ts';
import { StatementMeter } from '../../../../src/drivers/statement-meter.ts';

/** A server that ends a commit with an error, and then its connection if `closes`. */
interface FailingServer {
  readonly code: string;
  readonly closes: boolean;
}

const failures: readonly (FailingServer & { readonly outcome: 'refused' | 'in doubt' })[] = [
  { code: '25006', closes: false, outcome: 'refused' },
  { code: '40001', closes: false, outcome: 'refused' },
  { code: '53100', closes: false, outcome: 'refused' },
  { code: '57014', closes: false, outcome: 'refused' },
  { code: '53100', closes: true, outcome: 'in doubt' },
  { code: '58030', closes: true, outcome: 'in doubt' },
  { code: 'XX000', closes: true, outcome: 'in doubt' },
  { code: '57P01', closes: true, outcome: 'in doubt' },
  { code: '08P01', closes: false, outcome: 'in doubt' },
];

for (const { outcome, ...failure } of failures) {
  const after = failure.closes ? ' and a closed connection' : '';
  test(`a guarded write that ends with ${failure.code}${after} is ${outcome}`, async () => {
    const session = await sessionOn(failure);
    const error = await session.writeGuarded({ found: 1, left: 2, unusedNames: [], queries: [] }).then(
      () => assert.fail('the write succeeded'),
      (reason: unknown) => reason,
    );
    assert.equal(error instanceof CommitInDoubt, outcome === 'in doubt', String(error));
  });
}

async function sessionOn(server: FailingServer): Promise<PostgresSession> {
  const client = clientOf(server);
  await findMode(client, { preparesStatements: 'always' } as Parameters<typeof findMode>[1]);
  return new PostgresSession(client, new StatementMeter({ slowMs: Number.POSITIVE_INFINITY, onSlow: () => {} }));
}

/** A client whose first write fails. */
function clientOf({ code, closes }: FailingServer): Client {
  let isClosed = false;
  const client = {
    processID: 1,
    connection: { stream: { cork() {}, uncork() {}, destroy() {} } },
    async query(sent: string | { readonly text: string }): Promise<unknown> {
      const text = typeof sent === 'string' ? sent : sent.text;
      if (isClosed) throw new Error('Client has encountered a connection error and is not queryable');
      if (text.includes('pg_backend_pid')) return { rows: [{ pid: 1 }] };
      if (text === 'ROLLBACK' || text.startsWith('BEGIN')) return { command: text, rows: [] };
      isClosed = closes;
      throw Object.assign(new Error('a message of the server'), { code });
    },
  };
  return client as unknown as Client;
}

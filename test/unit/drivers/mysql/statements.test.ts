import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Connection, createConnection } from 'mysql2';
import { pino } from 'pino';
import { parseDsn, type RemoteDsn } from '../../../../src/config/database/database-dsn.ts';
import { connectionSettings } from '../../../../src/drivers/mysql/connection-settings.ts';
import { prepareDatabase } from '../../../../src/drivers/mysql/prepare-database.ts';
import { makeReady } from '../../../../src/drivers/mysql/ready-connection.ts';
import { sendStatements } from '../../../../src/drivers/mysql/send-statements.ts';
import { statementText } from '../../../../src/drivers/mysql/statement-text.ts';
import type { Query } from '../../../../src/mvcc/program.ts';
import { mysqlDialect } from '../../../../src/sql/dialects/mysql-dialect.ts';
import type { ListStatement, Parameter, Statement } from '../../../../src/sql/statement.ts';
import * as alarmStatements from '../../../../src/sql/statements/alarm-statements.ts';
import * as clusterStatements from '../../../../src/sql/statements/cluster-statements.ts';
import * as commitStatements from '../../../../src/sql/statements/commit-statements.ts';
import * as memberStatements from '../../../../src/sql/statements/member-statements.ts';
import * as rangeStatements from '../../../../src/sql/statements/range-statements.ts';
import * as readStatements from '../../../../src/sql/statements/read-statements.ts';
import * as takeOverStatements from '../../../../src/sql/statements/take-over-statements.ts';
import * as writeStatements from '../../../../src/sql/statements/write-statements.ts';
import { TINE_DRIVERS } from '../../../support/drivers.ts';

const directory = `unit-statements-${process.pid}`;
let connection: Connection;

for (const driver of TINE_DRIVERS.filter(({ dialect }) => dialect === 'mysql')) {
  describe(driver.name, () => {
    before(async () => {
      const [, endpoint = ''] = driver.storageArguments(directory);
      const dsn = parseDsn(endpoint).dsn as RemoteDsn;
      const [host] = dsn.hosts;
      assert.ok(host !== undefined);
      await prepareDatabase({ dsn, host, logger: pino({ enabled: false }) });
      connection = createConnection(await connectionSettings(dsn, host));
      await makeReady(connection);
    });

    after(async () => {
      connection?.destroy();
      await driver.dropStorage(directory);
    });

    for (const statement of everyStatement()) {
      test(`${statement.name} runs`, async () => {
        // A mark exists already, and there is only one. All changes are rolled back.
        const first = statement === takeOverStatements.INSERT_MARK ? 'DELETE FROM kine;' : '';
        await sendStatements(connection, `START TRANSACTION;${first}${statementText(someQuery(statement))};ROLLBACK`);
      });
    }
  });
}

/** The statements that the modules export, alone or in lists, and a range of each shape. */
function everyStatement(): readonly Statement[] {
  const modules = [
    readStatements,
    writeStatements,
    takeOverStatements,
    commitStatements,
    alarmStatements,
    clusterStatements,
    memberStatements,
    rangeStatements,
  ];
  const declared = modules.flatMap((module) => Object.values(module).flat()).filter(isStatement);
  return [...declared, ...(['current', 'history'] as const).flatMap(rangesOf)];
}

function isStatement(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && 'text' in value && 'returns' in value;
}

function rangesOf(source: 'current' | 'history'): readonly Statement[] {
  const targets = ['key', 'version', 'create', 'mod'] as const;
  const both = [false, true];
  return [
    rangeStatements.countStatement(source),
    ...both.flatMap((withValue) =>
      both.flatMap((filtered) => [
        ...both.map((bounded) =>
          rangeStatements.rangeStatement({ source, withValue, sort: undefined, filtered, bounded }),
        ),
        ...targets.map((target) =>
          rangeStatements.rangeStatement({
            source,
            withValue,
            sort: { target, descending: filtered },
            filtered,
            bounded: false,
          }),
        ),
      ]),
    ),
  ];
}

/** A dialect that shows the type of each parameter. */
const marked = {
  ...mysqlDialect,
  parameter: { ...mysqlDialect.parameter, text: '?T', bytes: '?B', textOfBytes: '?B' },
};

function someQuery(statement: Statement): Query {
  const marks = [...statement.text(marked).matchAll(/\?(T|B|list|rows|names|\d|)/g)].map(([, mark = '']) => mark);
  const numbered = Math.max(0, ...marks.filter((mark) => /\d/.test(mark)).map(Number));
  const inOrder = marks.filter((mark) => /^[TB]?$/.test(mark)).map(someParameter);
  const parameters = inOrder.length > 0 ? inOrder : Array.from({ length: numbered }, () => someParameter(''));
  if (!takesList(statement)) return { statement, parameters };
  const row = (number: number): Parameter[] =>
    statement.list.map((type) => (type === 'integer' ? number : Buffer.from(`${number}`)));
  return { statement, parameters, list: [row(900_001), row(900_002)] };
}

function takesList(statement: Statement): statement is ListStatement {
  return 'list' in statement;
}

function someParameter(mark: string): Parameter {
  if (mark === 'T') return '/some/name';
  return mark === 'B' ? Buffer.from('/some/bytes') : 900_001;
}

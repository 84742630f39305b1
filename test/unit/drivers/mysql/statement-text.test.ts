import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statementText } from '../../../../src/drivers/mysql/statement-text.ts';
import { anyValue } from '../../../../src/sql/shape.ts';
import { changesEach, selectsEach, selectsRow } from '../../../../src/sql/statement.ts';

test('values of every type are written into a statement', () => {
  const statement = selectsRow('kinds', anyValue, () => 'SELECT ?, ?, ?, ?, ?');
  assert.equal(
    statementText({
      statement,
      parameters: ["a'b\\c?\u0001\u007f", 12, 9_223_372_036_854_775_807n, Buffer.from('?\0'), null],
    }),
    "SELECT 'a\\'b\\\\c?\u0001\u007f', 12, 9223372036854775807, X'3f00', NULL",
  );
});

test('a numbered parameter may occur twice', () => {
  const statement = selectsRow('twice', anyValue, () => 'SELECT ?1 + ?1');
  assert.equal(statementText({ statement, parameters: [7] }), 'SELECT 7 + 7');
});

test('a list is written as values, as rows or as a table of names', () => {
  const text = selectsEach('in', ['integer'], anyValue, () => 'SELECT ? WHERE id IN (?list)');
  assert.equal(statementText({ statement: text, parameters: [1], list: [[2], [3]] }), 'SELECT 1 WHERE id IN (2,3)');
  const inserted = changesEach('into', ['text', 'integer'], () => 'INSERT INTO t VALUES ?rows');
  assert.equal(
    statementText({
      statement: inserted,
      parameters: [],
      list: [
        ['a', 1],
        ['b', null],
      ],
    }),
    "INSERT INTO t VALUES ('a',1),('b',NULL)",
  );
  const named = selectsEach('names', ['text'], anyValue, () => 'SELECT * FROM (?names) asked');
  assert.equal(
    statementText({ statement: named, parameters: [], list: [['a'], ['b']] }),
    "SELECT * FROM (SELECT 'a' AS name UNION ALL SELECT 'b' AS name) asked",
  );
});

test('too few or too many parameters are an assertion error', () => {
  const statement = selectsRow('two', anyValue, () => 'SELECT ?, ?');
  assert.throws(() => statementText({ statement, parameters: [1, 2, 3] }), /has as many parameters as placeholders/);
});

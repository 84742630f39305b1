import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { allStatements, goldenFiles } from './all-statements.ts';

/**
 * TINE_TEST_UPDATE_GOLDEN=1 writes the golden files, so that review shows the change of a
 * statement.
 */
const updates = process.env.TINE_TEST_UPDATE_GOLDEN === '1';

suite('statements', async () => {
  const statements = await allStatements();

  for (const [name, textOf] of Object.entries(goldenFiles)) {
    test(`every statement in the dialect of ${name} equals its golden file`, () => {
      const path = join(import.meta.dirname, 'golden', `${name}.sql`);
      const text = textOf(statements);
      if (updates) writeFileSync(path, text);
      assert.equal(text, readFileSync(path, 'utf8'), 'TINE_TEST_UPDATE_GOLDEN=1 updates the file');
    });
  }

  test('no two statements have the same name', () => {
    const names = statements.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });
});

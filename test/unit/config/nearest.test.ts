import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance, nearest } from '../../../src/config/nearest.ts';

test('the distance counts inserted, deleted, replaced and swapped letters', () => {
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('abc', 'abc'), 0);
  assert.equal(editDistance('data-dri', 'data-dir'), 1);
  assert.equal(editDistance('kitten', 'sitting'), 3);
});

test('the nearest word is found, and none if all are far away', () => {
  const words = ['data-dir', 'debug', 'name', 'endpoint'];
  assert.equal(nearest('datadir', words), 'data-dir');
  assert.equal(nearest('endpoints', words), 'endpoint');
  assert.equal(nearest('frobnicate', words), undefined);
});

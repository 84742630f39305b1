import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteProgress } from '../../../src/commands/snapshot/byte-progress.ts';

const mebibyte = 1024 * 1024;

function shown(isTTY: boolean) {
  let text = '';
  let nowMs = 0;
  const progress = byteProgress({ isTTY, write: (more: string) => (text += more) }, 'downloading a.db', () => nowMs);
  return {
    at(ms: number, doneMebibytes: number): void {
      nowMs = ms;
      progress.update(doneMebibytes * mebibyte, 100 * mebibyte);
    },
    end: () => progress.end(),
    text: () => text,
  };
}

test('the progress of a transfer shows its share, its rate and the time left', () => {
  const log = shown(false);
  log.at(10_000, 25);
  log.at(10_001, 26);
  log.at(20_000, 50);
  log.at(39_999, 100);
  log.end();
  log.end();
  assert.deepEqual(log.text().split('\n'), [
    'downloading a.db: 25.0 MiB of 100.0 MiB (25 %), 2.5 MiB/s, 30 s left',
    'downloading a.db: 50.0 MiB of 100.0 MiB (50 %), 2.5 MiB/s, 20 s left',
    'downloading a.db: 100.0 MiB of 100.0 MiB (100 %), 2.5 MiB/s',
    '',
  ]);
});

test('on a terminal one line is written over, and ends with a line break', () => {
  const terminal = shown(true);
  terminal.at(500, 50);
  terminal.at(1_000, 100);
  terminal.end();
  assert.equal(terminal.text().split('\r').length, 3);
  assert.equal(terminal.text().split('\n').length, 2);
});

test('a transfer without a byte shows nothing', () => {
  const log = shown(false);
  log.end();
  assert.equal(log.text(), '');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordOf } from '../../../../src/kit/record-of.ts';
import { LoadHistory } from '../../../../src/server/load/load-history.ts';
import { type LoadSample, loadSeries } from '../../../../src/server/load/load-series.ts';
import { serverLimits } from '../../../../src/server/server-limits.ts';

/** A sample whose values tell the sample and the series. */
function sampleOf(number: number): LoadSample {
  return recordOf(loadSeries, (_name, index) => number * 1_000 + index);
}

test('samples are returned oldest first, with their times', () => {
  const history = new LoadHistory({ samplesMax: 4 });
  assert.deepEqual(history.content().atMs, []);
  for (const number of [1, 2, 3]) history.add(number * 10, sampleOf(number));
  const { atMs, series } = history.content();
  assert.deepEqual(atMs, [10, 20, 30]);
  for (const [index, name] of loadSeries.entries())
    assert.deepEqual(series[name], [1_000 + index, 2_000 + index, 3_000 + index]);
});

test('a new sample replaces the oldest, and no array grows', () => {
  const history = new LoadHistory({ samplesMax: 4 });
  const { bytes } = history;
  for (let number = 1; number <= 11; number += 1) {
    history.add(number * 10, sampleOf(number));
    assert.equal(history.length, Math.min(number, 4));
  }
  const { atMs, series } = history.content();
  assert.deepEqual(atMs, [80, 90, 100, 110]);
  for (const [index, name] of loadSeries.entries())
    assert.deepEqual(
      series[name],
      [8, 9, 10, 11].map((number) => number * 1_000 + index),
    );
  assert.equal(history.bytes, bytes);
});

test('an hour of samples takes less than 128 KiB, after a day too', () => {
  const history = new LoadHistory({ samplesMax: serverLimits.loadSamplesMax });
  assert.equal(serverLimits.loadSamplesMax * serverLimits.loadSampleIntervalMs, 3_600_000);
  for (let number = 0; number < 8_640; number += 1) history.add(number, sampleOf(number));
  assert.equal(history.length, serverLimits.loadSamplesMax);
  assert.equal(history.content().atMs.length, serverLimits.loadSamplesMax);
  assert.ok(history.bytes < 128 * 1024, `${history.bytes} bytes`);
});

test('fractions are kept with five digits, whole numbers with all, and a missing value is missing', () => {
  const history = new LoadHistory({ samplesMax: 1 });
  const values = {
    databaseBytes: 12_345_678_901,
    putP99Ms: 0.123456789,
    rangePerSecond: 12_345.678,
    rangeP99Ms: Number.NaN,
  };
  history.add(1, { ...sampleOf(1), ...values });
  const { databaseBytes, putP99Ms, rangePerSecond, rangeP99Ms } = history.content().series;
  assert.deepEqual([databaseBytes, putP99Ms, rangePerSecond], [[12_345_678_901], [0.12346], [12_346]]);
  assert.deepEqual(rangeP99Ms, [Number.NaN]);
});

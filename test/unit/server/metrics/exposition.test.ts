import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expositionText } from '../../../../src/server/metrics/exposition.ts';
import { byLabel, counter, gauge, info, seconds, summary } from '../../../../src/server/metrics/family.ts';
import { Histogram } from '../../../../src/statistics/histogram.ts';

test('a family has its help, its type and its samples', () => {
  const text = expositionText([
    counter('a_total', 'Of a.', 3),
    gauge('b', 'Of b.', byLabel('kind', { one: 1, other: 2.5 })),
    gauge('c', 'Without bound.', Number.POSITIVE_INFINITY),
  ]);
  assert.equal(
    text,
    [
      '# HELP a_total Of a.',
      '# TYPE a_total counter',
      'a_total 3',
      '# HELP b Of b.',
      '# TYPE b gauge',
      'b{kind="one"} 1',
      'b{kind="other"} 2.5',
      '# HELP c Without bound.',
      '# TYPE c gauge',
      'c +Inf',
      '',
    ].join('\n'),
  );
});

test('a histogram of milliseconds is written in seconds, with cumulative buckets', () => {
  const histogram = new Histogram([1, 8]);
  for (const ms of [0.5, 4, 100]) histogram.observe(ms);
  const lines = expositionText([seconds('d_seconds', 'Of d.', histogram)]).split('\n');
  assert.deepEqual(lines.slice(2, 7), [
    'd_seconds_bucket{le="0.001"} 1',
    'd_seconds_bucket{le="0.008"} 2',
    'd_seconds_bucket{le="+Inf"} 3',
    'd_seconds_sum 0.1045',
    'd_seconds_count 3',
  ]);
});

test('a summary has a sum and a count', () => {
  const lines = expositionText([summary('e', 'Of e.', [{ labels: { of: 'x' }, sum: 1.5, count: 2 }])]).split('\n');
  assert.deepEqual(lines.slice(1, 4), ['# TYPE e summary', 'e_sum{of="x"} 1.5', 'e_count{of="x"} 2']);
});

test('quotes, backslashes and line ends in labels are escaped', () => {
  const [, , line] = expositionText([info('f', 'Of f.', { label: 'a"b\\c\nd' })]).split('\n');
  assert.equal(line, 'f{label="a\\"b\\\\c\\nd"} 1');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesInExpression } from '../../support/promql.ts';

test('metrics, matchers and grouping labels are found, and functions and keywords are ignored', () => {
  const expression =
    'histogram_quantile(0.99, sum by (le, type) (rate(a_seconds_bucket{job=~"$job", code!="by (x)"}[$__rate_interval]))) > 1e3 and on (job) b_info';
  const { metrics, groupLabels } = namesInExpression(expression);
  assert.deepEqual(metrics, [
    {
      name: 'a_seconds_bucket',
      matchers: [
        { label: 'job', operator: '=~', value: '$job' },
        { label: 'code', operator: '!=', value: 'by (x)' },
      ],
    },
    { name: 'b_info', matchers: [] },
  ]);
  assert.deepEqual(groupLabels, ['le', 'type', 'job']);
});

test('numbers, ranges and infinities are not metrics', () => {
  const { metrics } = namesInExpression('(rate(c_total[5m]) or vector(0)) / 2.5 < +Inf');
  assert.deepEqual(
    metrics.map(({ name }) => name),
    ['c_total'],
  );
});

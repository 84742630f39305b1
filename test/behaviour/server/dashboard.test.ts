/**
 * The dashboard and the alerts in docs/ use metrics that exist. docs/metrics.md lists all metrics.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { ShownFamily } from '../../support/exposition.ts';
import { repositoryRoot, type Suite, suite, TINE_DRIVERS, temporaryDirectory, waitFor } from '../../support/index.ts';
import { namesInExpression, type UsedMetric } from '../../support/promql.ts';
import { scrape } from '../../support/scrape.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly title: string;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly description: string };
}

const read = (name: string) => readFileSync(join(repositoryRoot, 'docs', name), 'utf8');
const dashboard = JSON.parse(read('grafana-dashboard.json')) as Dashboard;
const rules = (parse(read('alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);

/** Prometheus adds these labels to every sample. */
const targetLabels = new Set(['job', 'instance']);

/** An expression and its place in the file. */
const expressions: readonly (readonly [place: string, expression: string])[] = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [`panel "${title}"`, expr] as const),
  ),
  ...rules.map(({ alert, expr }) => [`alert ${alert}`, expr] as const),
];

for (const driver of TINE_DRIVERS) {
  const shared = suite(driver, {
    arguments: [
      ...['--metrics', 'extensive', '--enable-distributed-tracing'],
      ...['--snapshot-schedule', '0 0 1 1 *', '--snapshot-dir', temporaryDirectory()],
    ],
    prepare: useEverything,
  });

  test(`${driver.name}: every metric and label in the dashboard and the alerts exists`, async () => {
    const families = await scrape(shared.server);
    const missing = expressions.flatMap(([place, expression]) =>
      faultsOf(expression, families).map((fault) => `${place}: ${fault}`),
    );
    assert.deepEqual(missing, []);
    assert.ok(expressions.length > 50, 'the expressions were found');
  });

  test(`${driver.name}: docs/metrics.md lists every metric with its type and labels, and no other metric`, async () => {
    const families = await scrape(shared.server);
    const shown = new Map([...families.values()].map((family) => [family.name, shapeOf(family)]));
    const told = new Map(documented().map(({ name, type, labels }) => [name, { type, labels }]));
    assert.deepEqual(
      [...told.keys()].filter((name) => !shown.has(name)),
      [],
      'told of and not there',
    );
    assert.deepEqual(
      [...shown.keys()].filter((name) => !told.has(name)),
      [],
      'there and not told of',
    );
    for (const [name, shape] of shown) assert.deepEqual(told.get(name), shape, name);
  });
}

test("the dashboard's panels do not overlap, have unique numbers and use the reader's data source", () => {
  const { panels, templating } = dashboard;
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const panel of panels.filter(({ type }) => type !== 'row')) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Grafana's way to write a variable.
    assert.equal(panel.datasource?.uid, '${datasource}', panel.title);
    assert.ok((panel.targets ?? []).length > 0, panel.title);
    const { x, w } = panel.gridPos;
    assert.ok(x >= 0 && x + w <= 24, panel.title);
  }
  for (const one of panels) {
    for (const other of panels) assert.ok(one === other || !overlap(one, other), `${one.title} and ${other.title}`);
  }
  assert.deepEqual(
    templating.list.map(({ name }) => name),
    ['datasource', 'job', 'instance'],
  );
  assert.equal(dashboard.schemaVersion, 39);
});

test('every query of the dashboard filters by the chosen jobs and instances', () => {
  for (const { title, targets = [] } of dashboard.panels) {
    for (const { expr } of targets) {
      for (const { name, matchers } of namesInExpression(expr).metrics) {
        const chosen = matchers.filter(({ label, value }) => targetLabels.has(label) && value === `$${label}`);
        assert.equal(chosen.length, 2, `${name} in "${title}"`);
      }
    }
  }
});

test('every alert has a description', () => {
  assert.ok(rules.length >= 10);
  for (const { alert, annotations } of rules) {
    assert.match(alert, /^Tine[A-Z]/);
    assert.ok(annotations.summary.endsWith('.') && annotations.description.length > 20, alert);
  }
});

/** The metrics and labels that an expression uses and the server does not have. */
function faultsOf(expression: string, families: ReadonlyMap<string, ShownFamily>): readonly string[] {
  const { metrics, groupLabels } = namesInExpression(expression);
  if (metrics.length === 0) return ['no metric found'];
  const faults = metrics.flatMap((metric) => faultsOfMetric(metric, families));
  const known = new Set(metrics.flatMap(({ name }) => labelsOf(name, families)));
  const unknown = groupLabels.filter((label) => !targetLabels.has(label) && !known.has(label));
  return [...faults, ...unknown.map((label) => `no metric has the label ${label}`)];
}

function faultsOfMetric({ name, matchers }: UsedMetric, families: ReadonlyMap<string, ShownFamily>): readonly string[] {
  const samples = samplesOf(name, families);
  if (samples.length === 0) return [`${name} is not there`];
  return matchers
    .filter(({ label }) => !targetLabels.has(label))
    .flatMap(({ label, operator, value }) => {
      const values = new Set(samples.map(({ labels }) => labels[label]));
      if (values.has(undefined)) return [`${name} has no label ${label}`];
      return operator === '=' && !values.has(value) ? [`${name} has no ${label}="${value}"`] : [];
    });
}

function labelsOf(name: string, families: ReadonlyMap<string, ShownFamily>): readonly string[] {
  return samplesOf(name, families).flatMap(({ labels }) => Object.keys(labels));
}

function samplesOf(name: string, families: ReadonlyMap<string, ShownFamily>): ShownFamily['samples'] {
  return [...families.values()].flatMap((family) => family.samples.filter((sample) => sample.name === name));
}

/** Creates the metrics that exist only after a first event. */
async function useEverything({ client, server }: Suite): Promise<void> {
  await client.put({ key: 'dashboard' });
  await client.range({ key: 'dashboard' });
  await client.range({ key: 'dashboard', range_end: 'e', limit: 1 });
  await waitFor('a garbage collection', async () => {
    for (let index = 0; index < 100; index += 1) await client.range({ key: 'dashboard' });
    return samplesOf('nodejs_gc_duration_seconds_sum', await scrape(server)).length > 0;
  });
}

interface Shape {
  readonly type: string;
  readonly labels: readonly string[];
}

function shapeOf({ type, samples }: ShownFamily): Shape {
  const labels = new Set(samples.flatMap(({ labels }) => Object.keys(labels)));
  labels.delete('le');
  return { type, labels: [...labels].sort() };
}

/** The rows of the tables: name, type, labels, meaning. */
function documented(): readonly (Shape & { readonly name: string })[] {
  const rows = read('metrics.md').matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*) \| ([^|]+) \|$/gm);
  return [...rows].map(([, name = '', type = '', labels = '', meaning = '']) => {
    assert.ok(meaning.trim().length > 3, `${name} has a meaning`);
    return { name, type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort() };
  });
}

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

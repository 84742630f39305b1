/** A parser for Prometheus's text format, as far as servers use it. */

/** A family of metrics as a server shows it. */
export interface ShownFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly ShownSample[];
}

export interface ShownSample {
  /** With the suffix `_bucket`, `_sum` or `_count` if the family has these samples. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The families of a text, by name. Throws on an invalid line. */
export function parseExposition(text: string): ReadonlyMap<string, ShownFamily> {
  const families = new Map<string, { name: string; help: string; type: string; samples: ShownSample[] }>();
  const family = (name: string) => {
    const known = families.get(name) ?? { name, help: '', type: 'untyped', samples: [] };
    families.set(name, known);
    return known;
  };
  let current = family('');
  families.clear();
  for (const line of text.split('\n')) {
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (comment !== null) {
      const [, what, name = '', rest = ''] = comment;
      current = family(name);
      if (what === 'HELP') current.help = rest;
      else current.type = rest;
    } else if (line !== '') current.samples.push(parseSample(line));
  }
  return families;
}

function parseSample(line: string): ShownSample {
  const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (parts === null) throw new Error(`not a sample: ${line}`);
  const [, name = '', labels = '', value = ''] = parts;
  return { name, labels: parseLabels(labels), value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) };
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/(\w+)="((?:\\.|[^"\\])*)",?/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]));
}

/**
 * The sum of a metric's samples that have these labels. Undefined when there is no sample with
 * them.
 */
export function metricValue(
  families: ReadonlyMap<string, ShownFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const base = families.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
  const found = (families.get(base)?.samples ?? []).filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}

/** The names of the labels that a family's samples have, in order. */
export function labelNames({ samples }: ShownFamily): readonly string[] {
  return [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].sort();
}

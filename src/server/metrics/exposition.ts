/** Prometheus's text format. */
import type { Family, HistogramSample, Labels, SummarySample } from './family.ts';

export function expositionText(families: readonly Family[]): string {
  return `${families.flatMap(familyLines).join('\n')}\n`;
}

function familyLines({ name, help, content }: Family): readonly string[] {
  return [`# HELP ${name} ${escapedHelp(help)}`, `# TYPE ${name} ${content.type}`, ...sampleLines(name, content)];
}

function sampleLines(name: string, content: Family['content']): readonly string[] {
  switch (content.type) {
    case 'histogram':
      return content.samples.flatMap((sample) => histogramLines(name, sample));
    case 'summary':
      return content.samples.flatMap((sample) => summaryLines(name, sample));
    default:
      return content.samples.map(({ labels, value }) => line(name, labels, value));
  }
}

function histogramLines(name: string, { labels, counts: { bounds, counts, sum }, unit }: HistogramSample): string[] {
  let count = 0;
  const buckets = counts.map((each, index) => {
    count += each;
    const bound = bounds[index];
    return line(`${name}_bucket`, { ...labels, le: bound === undefined ? '+Inf' : rounded(bound * unit) }, count);
  });
  return [...buckets, ...summaryLines(name, { labels, sum: sum * unit, count })];
}

function summaryLines(name: string, { labels, sum, count }: SummarySample): string[] {
  return [line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapedLabel(text)}"`);
  return pairs.length === 0 ? `${name} ${numberText(value)}` : `${name}{${pairs.join(',')}} ${numberText(value)}`;
}

function numberText(value: number): string {
  return value === Number.POSITIVE_INFINITY ? '+Inf' : String(value);
}

/** Removes the rounding error of the factor 0.001: 0.008, not 0.0080000000000000002. */
function rounded(bound: number): string {
  return String(Number(bound.toPrecision(12)));
}

function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapedLabel(text: string): string {
  return escapedHelp(text).replaceAll('"', '\\"');
}

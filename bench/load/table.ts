import type { Figure } from './figure.ts';
import type { ProcessUsage } from './process-usage.ts';

/** One line of the result: a target in a phase. */
export interface Row {
  readonly phase: string;
  readonly target: string;
  readonly figure: Figure;
  /** The ratio to the first target. Undefined for the first target itself. */
  readonly ratio: number | undefined;
  readonly before: ProcessUsage | undefined;
  readonly after: ProcessUsage | undefined;
}

const widths = [9, 12, 11, 11, 11, 11, 6, 11, 6, 8] as const;

export const tableHeader = line([
  'phase',
  'target',
  'ops/s',
  'p50',
  'p99',
  'max',
  'errors',
  'cpu s/1000',
  'ratio',
  'memory',
]);

export function tableRow({ phase, target, figure, ratio, before, after }: Row): string {
  const cpu = before && after && ((after.cpuSeconds - before.cpuSeconds) * 1000) / figure.operationCount;
  const cells = line([
    phase,
    target,
    figure.operationsPerSecond.toFixed(1),
    milliseconds(figure.p50),
    milliseconds(figure.p99),
    milliseconds(figure.max),
    String(figure.errorCount),
    cpu?.toFixed(2) ?? '-',
    ratio?.toFixed(2) ?? '-',
    after ? `${after.residentMebibytes.toFixed(0)} MiB` : '-',
  ]);
  return figure.firstError === undefined ? cells : `${cells}  first error: ${figure.firstError}`;
}

/** Text to the left in the first two columns, numbers to the right. */
function line(cells: readonly string[]): string {
  return cells
    .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
    .join(' ');
}

function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`;
}

import type { Attack } from '../../test/support/hostile/attacker.ts';
import type { GoodFigures, GoodOperation } from '../../test/support/hostile/good-client.ts';
import type { Outcome } from '../../test/support/hostile/under-attack.ts';

/** The outcome of a server under an attack, or the error that prevented one. */
export type Result = Outcome | Error;

/** The bar is twice etcd's latency, and at least this. */
const p99MsMax = 50;
const memoryMebibytesMax = 150;
/** The bar where etcd itself exceeds the other bar. */
const memoryBesideEtcdMax = 300;

const operations: readonly GoodOperation[] = ['get', 'put', 'newConnection'];

export const rowHeader = [
  '| attack | get p99 | put p99 | first get of a connection, p99 | errors | memory above rest | processors | after: get, put p99 | within the bars |',
  '|---|---|---|---|---|---|---|---|---|',
].join('\n');

/** A line of Markdown. Where there are two figures, the first is tine's and the second etcd's. */
export function rowOf(attack: Attack, results: readonly Result[]): string {
  const [tine, etcd] = results;
  const figures = (text: (outcome: Outcome) => string) =>
    results.map((result) => (result instanceof Error ? '-' : text(result))).join(' / ');
  const cells = [
    attack.name,
    ...operations.map((operation) => figures(({ during }) => milliseconds(during, operation))),
    figures(({ during, after }) => String(during.errorCount + after.errorCount)),
    figures(({ memory }) => `${memory.aboveRestMebibytes.toFixed(0)} MiB`),
    figures(({ cpuShare }) => cpuShare.toFixed(2)),
    figures(({ after }) => `${milliseconds(after, 'get')}, ${milliseconds(after, 'put')}`),
    tine === undefined ? '-' : (faultOf(attack, tine, etcd instanceof Error ? undefined : etcd) ?? 'yes'),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The figures that exceed their bars. */
export function faultOf(attack: Attack, tine: Result, etcd: Outcome | undefined): string | undefined {
  if (tine instanceof Error) return `no: ${tine.message}`;
  if (!tine.isAlive) return 'no: it ended';
  const { errorCount, firstError } = tine.during;
  if (errorCount > 0) return `no: ${firstError}`;
  for (const operation of operations) {
    const own = operation === 'newConnection' ? attack.bounds?.newConnectionP99MsMax : attack.bounds?.p99MsMax;
    const during = latencyBar(own, etcd?.during, operation);
    if (tine.during.latencies[operation].p99Ms > during) return `no: ${operation}`;
    if (tine.after.latencies[operation].p99Ms > latencyBar(undefined, etcd?.after, operation)) {
      return `no: ${operation} afterwards`;
    }
  }
  const memoryBar = attack.bounds?.memoryMebibytesMax ?? besideEtcd(etcd);
  return tine.memory.aboveRestMebibytes > memoryBar ? 'no: memory' : undefined;
}

function latencyBar(own: number | undefined, etcd: GoodFigures | undefined, operation: GoodOperation): number {
  return own ?? Math.max(p99MsMax, 2 * (etcd?.latencies[operation].p99Ms ?? 0));
}

function besideEtcd(etcd: Outcome | undefined): number {
  return (etcd?.memory.aboveRestMebibytes ?? 0) > memoryMebibytesMax ? memoryBesideEtcdMax : memoryMebibytesMax;
}

function milliseconds({ latencies }: GoodFigures, operation: GoodOperation): string {
  const { p99Ms } = latencies[operation];
  return `${p99Ms.toFixed(p99Ms < 10 ? 1 : 0)} ms`;
}

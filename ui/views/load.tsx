import type { LoadReply } from '../../src/server/ui/replies.ts';
import { data } from '../api.ts';
import { loadCharts } from '../load/load-charts.ts';
import { LoadFigure } from '../load/load-figure.tsx';
import { bytesText, clockText, secondsText } from '../parts/quantities.ts';
import { RootOnly } from '../parts/root-only.tsx';
import { useRefreshed } from '../parts/use-refreshed.ts';

const refreshMs = 10_000;

/** The load of this server in the last hour. */
export function LoadView() {
  const { value: load, error, reload } = useRefreshed((signal) => data<LoadReply>('load', { signal }), refreshMs);
  return (
    <>
      <h1>Load</h1>
      {error !== undefined && <RootOnly error={error} what="the load of the server" onRetry={reload} />}
      {load !== undefined && <Hour load={load} />}
    </>
  );
}

function Hour({ load }: { readonly load: LoadReply }) {
  const { unixMs, intervalMs, samplesMax } = load;
  const [first] = unixMs;
  if (first === undefined)
    return <p class="quiet">The first numbers come {intervalMs / 1_000} seconds after the start of the server.</p>;
  return (
    <>
      <p class="quiet">
        A number every {intervalMs / 1_000} seconds since {clockText(first - intervalMs)}, kept for{' '}
        {secondsText((samplesMax * intervalMs) / 1_000)}. {growthText(load)}
      </p>
      <div class="load-grid">
        {loadCharts.map((chart) => (
          <LoadFigure key={chart.title} chart={chart} load={load} />
        ))}
      </div>
    </>
  );
}

/** How the database grew in the samples. */
function growthText({ unixMs, series }: LoadReply): string {
  const sizes = (series.databaseBytes ?? []).map((bytes, index) => ({ bytes, atMs: unixMs[index] ?? 0 }));
  const known = sizes.filter(({ bytes }) => bytes !== null) as { bytes: number; atMs: number }[];
  const [first, last] = [known.at(0), known.at(-1)];
  if (first === undefined || last === undefined || first.atMs === last.atMs) return '';
  const grown = last.bytes - first.bytes;
  const verb = grown < 0 ? 'shrank' : 'grew';
  return `The database ${verb} by ${bytesText(Math.abs(grown))} in ${secondsText((last.atMs - first.atMs) / 1_000)}.`;
}
